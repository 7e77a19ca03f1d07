/* Forms: sent once, drafts kept in this browser, thousands groups while typing. */
(function () {
  "use strict";

  /* Send once. The button comes back when the browser returns to the page. */
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit]").forEach((button) => button.classList.add("btn-loading"));
  });

  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll(".btn-loading").forEach((button) => button.classList.remove("btn-loading"));
    });
  });

  /* Thousands groups: 12,345.6 is shown, the server takes the commas out again. */
  function group(text) {
    const match = /^(-?)(\d+)(\.\d*)?$/.exec(text.replace(/[,，\s]/g, ""));
    return match ? match[1] + match[2].replace(/\B(?=(\d{3})+$)/g, ",") + (match[3] || "") : text;
  }

  document.addEventListener("focusout", function (event) {
    if (event.target.matches && event.target.matches("input.zc-grouped")) {
      event.target.value = group(event.target.value);
    }
  });

  /* Drafts. Files and passwords are never kept. */
  const SKIPPED = new Set(["password", "file", "hidden", "submit", "button"]);

  function controls(form) {
    return Array.from(form.elements).filter((element) => element.name && !SKIPPED.has(element.type));
  }

  function storageKey(form) {
    return "zc-draft:" + form.dataset.draft;
  }

  function keep(form) {
    const values = controls(form).map((element) =>
      element.type === "checkbox" || element.type === "radio" ? element.checked : element.value,
    );
    try {
      window.localStorage.setItem(storageKey(form), JSON.stringify({ at: Date.now(), values: values }));
    } catch (error) {
      /* Storage full or off: the server keeps what is sent, nothing else is promised. */
    }
  }

  function restore(form) {
    let draft = null;
    try {
      draft = JSON.parse(window.localStorage.getItem(storageKey(form)));
    } catch (error) {
      return;
    }
    const fields = controls(form);
    if (!draft || draft.values.length !== fields.length || form.querySelector(".zc-field-error")) {
      return;
    }
    fields.forEach(function (element, index) {
      if (element.type === "checkbox" || element.type === "radio") {
        element.checked = draft.values[index];
      } else {
        element.value = draft.values[index];
      }
    });
    const note = form.querySelector("[data-draft-note]");
    if (note) {
      note.textContent = "已恢复本机 " + new Date(draft.at).toLocaleString("zh-CN") + " 的草稿";
      note.hidden = false;
    }
  }

  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && form.dataset.draft) {
      keep(form);
    }
  });

  /* The page after a successful send says which drafts are done: <meta name="zc-draft-done" content="key">. */
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll('meta[name="zc-draft-done"]').forEach(function (meta) {
      window.localStorage.removeItem("zc-draft:" + meta.content);
    });
    document.querySelectorAll("form[data-draft]").forEach(restore);
  });
})();
