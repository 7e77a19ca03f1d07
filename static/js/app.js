/* Behaviour that every page shares. Pages work without it; nothing here holds business rules. */
(function () {
  "use strict";

  function remember(key, value) {
    try {
      window.localStorage.setItem(key, value);
    } catch (error) {
      /* Storage may be full or switched off: the choice lasts for this page only. */
    }
  }

  /* Groups of the navigation: what a person opened or shut stays so on this machine. */
  function chosenGroups() {
    try {
      return JSON.parse(window.localStorage.getItem("zc-nav")) || {};
    } catch (error) {
      return {};
    }
  }

  function openGroup(button, open) {
    button.setAttribute("aria-expanded", String(open));
    document.getElementById(button.getAttribute("aria-controls")).toggleAttribute("data-shut", !open);
  }

  /* On a phone the navigation is shut; a tap opens it over the page, a choice or a look elsewhere shuts it. */
  function showNav(open) {
    const opener = document.querySelector("[data-nav-open]");
    if (opener && opener.getAttribute("aria-expanded") !== String(open)) {
      opener.setAttribute("aria-expanded", String(open));
      showHere();
    }
  }

  /* Where the navigation is longer than the window, the page one is on stands in sight. */
  function showHere() {
    const here = document.querySelector(".zc-nav [aria-current=page]");
    const nav = here && here.closest(".zc-nav");
    if (nav && here.getBoundingClientRect().bottom > nav.getBoundingClientRect().bottom) {
      nav.scrollTop += here.getBoundingClientRect().bottom - nav.getBoundingClientRect().bottom + 48;
    }
  }

  document.addEventListener("keydown", function (event) {
    const opener = document.querySelector('[data-nav-open][aria-expanded="true"]');
    if (event.key === "Escape" && opener) {
      showNav(false);
      opener.focus();
    }
  });

  document.addEventListener("focusin", function (event) {
    if (!event.target.closest(".zc-side")) {
      showNav(false);
    }
  });

  document.addEventListener("click", function (event) {
    const opener = event.target.closest("[data-nav-open]");
    if (opener) {
      showNav(opener.getAttribute("aria-expanded") !== "true");
    } else if (event.target.closest(".zc-nav-link") || !event.target.closest(".zc-side")) {
      showNav(false);
    }
    const group = event.target.closest("[data-nav-group]");
    if (group) {
      const open = group.getAttribute("aria-expanded") !== "true";
      openGroup(group, open);
      remember("zc-nav", JSON.stringify(Object.assign(chosenGroups(), { [group.dataset.navGroup]: open })));
    }
    const fold = event.target.closest("[data-fold]");
    if (fold) {
      const folded = document.documentElement.classList.toggle("zc-folded");
      fold.setAttribute("aria-pressed", String(folded));
      remember("zc-folded", folded ? "1" : "0");
      window.dispatchEvent(new Event("resize"));
    }
    const asker = event.target.closest("[data-dialog-open]");
    const dialog = asker && document.getElementById(asker.dataset.dialogOpen);
    if (dialog) {
      /* A link leads to a page of its own where scripts are off. */
      event.preventDefault();
      dialog.showModal();
    }
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) {
      closer.closest("dialog").close();
    }
    const none = event.target.closest("[data-tick-none]");
    if (none) {
      tickAll(none.dataset.tickNone, false);
    }
    const printer = event.target.closest("[data-print]");
    if (printer) {
      window.print();
    }
  });

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-fold]").forEach(function (fold) {
      fold.setAttribute("aria-pressed", String(document.documentElement.classList.contains("zc-folded")));
    });
    const chosen = chosenGroups();
    document.querySelectorAll("[data-nav-group]").forEach(function (group) {
      const list = document.getElementById(group.getAttribute("aria-controls"));
      if (group.dataset.navGroup in chosen && !list.querySelector("[aria-current=page]")) {
        openGroup(group, chosen[group.dataset.navGroup] === true);
      }
    });
    showHere();
  });

  /* Ticks of bulk acts. */
  function ticks(name) {
    return Array.from(document.querySelectorAll('[data-tick="' + CSS.escape(name) + '"]'));
  }

  function tickAll(name, on) {
    ticks(name).forEach(function (box) {
      box.checked = on;
    });
    showTicked(name);
  }

  function showTicked(name) {
    const boxes = ticks(name);
    const ticked = boxes.filter((box) => box.checked).length;
    document.querySelectorAll('[data-bulk="' + CSS.escape(name) + '"]').forEach(function (bar) {
      const every = bar.querySelector("[data-tick-every]");
      bar.hidden = ticked === 0;
      if (every && ticked < boxes.length) {
        every.checked = false;
      }
      bar.querySelector("[data-bulk-count]").textContent = every && every.checked ? every.dataset.everyCount : String(ticked);
    });
    document.querySelectorAll('[data-tick-all="' + CSS.escape(name) + '"]').forEach(function (box) {
      box.checked = ticked > 0 && ticked === boxes.length;
      box.indeterminate = ticked > 0 && ticked < boxes.length;
    });
    boxes.forEach((box) => box.closest("tr").classList.toggle("zc-row-ticked", box.checked));
  }

  document.addEventListener("change", function (event) {
    const box = event.target;
    if (box.dataset.tickAll) {
      tickAll(box.dataset.tickAll, box.checked);
    } else if (box.dataset.tickEvery) {
      tickAll(box.dataset.tickEvery, box.checked);
    } else if (box.dataset.tick) {
      showTicked(box.dataset.tick);
    }
  });

  /* Without scripts the bars of bulk acts stand open; with them they appear when something is ticked. */
  document.addEventListener("htmx:load", function (event) {
    const names = new Set(Array.from(event.detail.elt.querySelectorAll("[data-bulk]")).map((bar) => bar.dataset.bulk));
    names.forEach(showTicked);
  });

  /* A click beside a dialog closes it, as people expect; fields in it keep what was typed. */
  document.addEventListener("mousedown", function (event) {
    if (event.target instanceof HTMLDialogElement) {
      event.target.close();
    }
  });

  function tooltips(root) {
    if (!window.bootstrap) {
      return;
    }
    root.querySelectorAll('[data-bs-toggle="tooltip"]').forEach(function (element) {
      window.bootstrap.Tooltip.getOrCreateInstance(element, { animation: false });
    });
  }

  document.addEventListener("htmx:load", (event) => tooltips(event.detail.elt));

  /* A dead server or a lost session must not look like nothing happened. */
  function tell(text) {
    const place = document.getElementById("toasts");
    if (!place) {
      return;
    }
    const toast = document.createElement("div");
    const words = document.createElement("span");
    toast.className = "zc-toast zc-toast-error";
    toast.setAttribute("role", "alert");
    words.textContent = text;
    toast.append(words);
    place.replaceChildren(toast);
  }

  document.addEventListener("htmx:responseError", function (event) {
    const status = event.detail.xhr.status;
    if (status === 401) {
      tell("登录已过期，请重新登录后再试；已填写的内容保留在本机。");
    } else if (status === 403 || status === 404) {
      tell("内容不存在，或您无权查看。");
    } else {
      tell("服务暂时不可用（" + status + "），页面内容未更新，请稍后刷新。");
    }
  });
  document.addEventListener("htmx:sendError", () => tell("连不上服务器，页面内容未更新，请检查网络后刷新。"));

  document.addEventListener("alpine:init", function () {
    window.Alpine.data("toast", function () {
      return {
        open: true,
        init() {
          if (this.$el.hasAttribute("data-leaves")) {
            setTimeout(() => this.close(), 6000);
          }
        },
        close() {
          this.open = false;
        },
      };
    });

    window.Alpine.data("upload", function () {
      return {
        chosen: "",
        state: "",
        choose() {
          const files = Array.from(this.$el.files);
          this.chosen = files.map((file) => file.name + "（" + size(file.size) + "）").join("、");
          this.state = files.length ? "zc-upload-ready" : "";
        },
        enter() {
          this.state = "zc-upload-over";
        },
        leave() {
          this.state = "";
        },
      };
    });
  });

  function size(bytes) {
    return bytes >= 1048576 ? (bytes / 1048576).toFixed(1) + " MB" : Math.max(1, Math.round(bytes / 1024)) + " KB";
  }
})();
