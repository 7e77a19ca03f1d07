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
    /* 1,5 may be one and a half or fifteen: what is not in groups of three stays for the server to refuse. */
    if (!/^-?(\d+|\d{1,3}([,，]\d{3})+)(\.\d*)?$/.test(text.trim())) {
      return text;
    }
    const match = /^(-?)(\d+)(\.\d*)?$/.exec(text.trim().replace(/[,，]/g, ""));
    return match ? match[1] + match[2].replace(/\B(?=(\d{3})+$)/g, ",") + (match[3] || "") : text;
  }

  document.addEventListener("focusout", function (event) {
    if (event.target.matches && event.target.matches("input.zc-grouped")) {
      event.target.value = group(event.target.value);
    }
  });

  /* Drafts: kept on the server while typing, in this browser only while the server cannot be reached. Files and passwords never. */
  const SKIPPED = new Set(["password", "file", "hidden", "submit", "button"]);
  const AFTER_TYPING = 3000;
  /* The field that the pressed button takes the focus from has changed too: nothing is kept of what is being sent. */
  const AFTER_CHANGE = 1000;
  const PATIENCE = 10000;
  const waiting = new WeakMap();
  /* One draft of a form is on its way at a time, so that none overtakes a newer one. */
  const keeping = new WeakMap();
  /* Forms whose draft is still being asked for, and what was touched meanwhile: the hand wins over the draft. */
  const asking = new WeakMap();
  const touched = new WeakSet();

  function controls(form) {
    return Array.from(form.elements).filter((element) => element.name && !SKIPPED.has(element.type));
  }

  function ticked(element) {
    return element.type === "checkbox" || element.type === "radio";
  }

  function collect(form) {
    const values = {};
    controls(form).forEach(function (element) {
      values[element.name] = values[element.name] || [];
      if (element.selectedOptions) {
        Array.from(element.selectedOptions).forEach((option) => values[element.name].push(option.value));
      } else if (!ticked(element) || element.checked) {
        values[element.name].push(element.value);
      }
    });
    return values;
  }

  /* A choice among radio buttons is touched with any of them. */
  function byHand(form, element) {
    return element.type === "radio" ? controls(form).some((one) => one.name === element.name && touched.has(one)) : touched.has(element);
  }

  function fill(form, values) {
    const left = Object.fromEntries(Object.entries(values).map(([name, texts]) => [name, texts.slice()]));
    controls(form).forEach(function (element) {
      const texts = left[element.name];
      if (!texts) {
        return;
      }
      const text = element.options || ticked(element) ? null : texts.shift();
      if (byHand(form, element)) {
        return;
      }
      if (element.options) {
        Array.from(element.options).forEach((option) => (option.selected = texts.includes(option.value)));
      } else if (ticked(element)) {
        element.checked = texts.includes(element.value);
      } else if (typeof text === "string") {
        element.value = text;
      }
    });
    form.dispatchEvent(new CustomEvent("zc-filled", { bubbles: true }));
  }

  function storageKey(key) {
    return "zc-draft:" + (document.body.dataset.user || "") + ":" + key;
  }

  function local(key, draft) {
    try {
      if (draft) {
        window.localStorage.setItem(storageKey(key), JSON.stringify(draft));
      } else if (draft === null) {
        window.localStorage.removeItem(storageKey(key));
      }
      return JSON.parse(window.localStorage.getItem(storageKey(key)));
    } catch (error) {
      /* Storage full or off, or not ours: the server's copy counts. */
      return null;
    }
  }

  function note(form, text, discard) {
    let place = form.querySelector("[data-draft-note]");
    if (!place) {
      place = document.createElement("p");
      place.className = "zc-draft-note zc-muted zc-small";
      place.dataset.draftNote = "";
      form.append(place);
    }
    place.setAttribute("role", "status");
    place.textContent = text;
    place.hidden = false;
    if (discard) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-ghost";
      button.dataset.draftDiscard = "";
      button.textContent = "不用草稿";
      place.append(button);
    }
  }

  function clock(when) {
    const then = new Date(when);
    const today = then.toDateString() === new Date().toDateString();
    return then.toLocaleString("zh-CN", today ? { hour: "2-digit", minute: "2-digit" } : { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  }

  function ask(form, body) {
    const token = form.querySelector("[name=csrfmiddlewaretoken]");
    return fetch(form.dataset.draftUrl, {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": token ? token.value : "", "HX-Request": "true" },
      body: body,
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  async function keep(form) {
    /* What was kept before is not written over by a page that has not seen it yet. */
    await asking.get(form);
    if (!form.isConnected || form.dataset.sent) {
      return;
    }
    const key = form.dataset.draft;
    const values = collect(form);
    if (!form.dataset.draftUrl) {
      local(key, { at: Date.now(), values: values });
      return;
    }
    const body = new FormData();
    body.append("_draft", key);
    Object.entries(values).forEach(([name, texts]) => texts.forEach((text) => body.append(name, text)));
    try {
      const answer = await ask(form, body);
      if (answer.status === 400) {
        local(key, { at: Date.now(), values: values });
        note(form, (await answer.json()).problem);
        return;
      }
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      local(key, null);
      note(form, "草稿已保存 " + clock((await answer.json()).saved_at));
    } catch (error) {
      local(key, { at: Date.now(), values: values });
      note(form, error.message === "401" || error.message === "403" ? "登录已过期：已填写的内容保留在本机，重新登录后恢复" : "暂时连不上服务器：已填写的内容保留在本机");
    }
  }

  function keepSoon(form, delay) {
    clearTimeout(waiting.get(form));
    waiting.set(
      form,
      setTimeout(() => keeping.set(form, Promise.resolve(keeping.get(form)).finally(() => keep(form))), delay),
    );
  }

  async function restore(form) {
    const key = form.dataset.draft;
    let draft = local(key);
    if (form.dataset.draftUrl) {
      try {
        const answer = await fetch(form.dataset.draftUrl + "?key=" + encodeURIComponent(key), { credentials: "same-origin", headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(PATIENCE) });
        const kept = answer.ok ? await answer.json() : {};
        if (kept.values && (!draft || Date.parse(kept.saved_at) > draft.at)) {
          draft = { at: Date.parse(kept.saved_at), values: kept.values };
        }
      } catch (error) {
        /* Without the server the browser's own copy is what there is. */
      }
    }
    if (!draft || !draft.values || form.querySelector(".zc-field-error, [data-error-summary]")) {
      return;
    }
    const before = JSON.stringify(collect(form));
    fill(form, draft.values);
    if (before !== JSON.stringify(collect(form))) {
      note(form, "已恢复 " + clock(draft.at) + " 的草稿", true);
    }
  }

  ["input", "change"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      const form = event.target.form;
      if (form && form.dataset.draft) {
        touched.add(event.target);
        keepSoon(form, !form.dataset.draftUrl ? 0 : kind === "change" ? AFTER_CHANGE : AFTER_TYPING);
      }
    });
  });

  /* What was chosen from a list that came from the server stands in a new field: it is of the hand too. */
  document.addEventListener("htmx:load", function (event) {
    const form = event.detail.elt.closest("form[data-draft]");
    const chosen = form ? controls(form).filter((element) => event.detail.elt.contains(element)) : [];
    if (chosen.length) {
      chosen.forEach((element) => touched.add(element));
      keepSoon(form, AFTER_CHANGE);
    }
  });

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-draft-discard]");
    if (button) {
      const form = button.closest("form");
      const body = new FormData();
      body.append("_draft", form.dataset.draft);
      body.append("_discard", "1");
      clearTimeout(waiting.get(form));
      /* Nothing more is kept of it, and what is on its way is thrown away with the rest. */
      form.dataset.sent = "1";
      Promise.resolve(keeping.get(form))
        .then(() => local(form.dataset.draft, null))
        .then(() => (form.dataset.draftUrl ? ask(form, body) : null))
        .finally(() => window.location.reload());
    }
  });

  /* After a refused step: what was typed comes back into the same form where the page still has it. Only into what is empty: what others wrote since is not overwritten. */
  function refillRefused() {
    const kept = document.getElementById("refused-sent");
    if (!kept) {
      return;
    }
    const sent = JSON.parse(kept.textContent);
    document.querySelectorAll("form[method=post]").forEach(function (form) {
      if (new URL(form.action, window.location.href).pathname !== sent.path) {
        return;
      }
      const empty = controls(form).filter((element) => !ticked(element) && element.value === "");
      const names = empty.map((element) => element.name);
      fill(form, Object.fromEntries(Object.entries(sent.values).filter(([name]) => names.includes(name))));
      /* Newer than any draft: what was typed last before sending was not kept any more. */
      empty.filter((element) => element.value !== "").forEach((element) => touched.add(element));
    });
    document.querySelector("[data-refused]").focus();
  }

  /* The answer to a form that was accepted says by a cookie which draft is done, in hexadecimal. */
  function forgetSent() {
    const found = /(?:^|; )zc-draft-done=([0-9a-f]+)/.exec(document.cookie);
    if (found) {
      const bytes = Uint8Array.from(found[1].match(/../g), (pair) => parseInt(pair, 16));
      local(new TextDecoder().decode(bytes), null);
      document.cookie = "zc-draft-done=; max-age=0; path=/";
    }
  }

  document.addEventListener("DOMContentLoaded", function () {
    forgetSent();
    refillRefused();
    document.querySelectorAll("form[data-draft]").forEach((form) => asking.set(form, restore(form)));
    const summary = document.querySelector("[data-error-summary]");
    if (summary) {
      summary.focus();
    }
  });
})();
