/* A scanner types and presses Enter, quicker than the network: each code leaves the box at once, and those that wait go together. */
(function () {
  "use strict";

  let waiting = [];
  let under = [];
  /* Codes that never reached the server, until they are scanned again. */
  let missed = [];
  /* What was wrong with codes whose answer is replaced at once by that of the next ones. */
  let faults = [];
  /* The button of another form that was pressed meanwhile: goods are taken in when their codes are. */
  let pressed = null;

  function show() {
    const said = document.getElementById("scan-said");
    said.querySelectorAll("[data-missed]").forEach((old) => old.remove());
    said.prepend(...faults);
    if (missed.length) {
      const words = document.createElement("div");
      words.className = "zc-notice zc-notice-red";
      words.dataset.missed = "";
      words.textContent = "没有核对：" + missed.join("、") + "，请重新扫";
      said.prepend(words);
    }
    return Array.from(said.querySelectorAll(".zc-notice-red:not([data-missed])"));
  }

  document.addEventListener(
    "submit",
    function (event) {
      if (event.target.matches("[data-scan]")) {
        const box = event.target.elements.codes;
        waiting.push(box.value);
        box.value = "";
        box.focus();
      } else if (under.length || waiting.length) {
        event.preventDefault();
        event.stopImmediatePropagation();
        pressed = event.submitter;
      }
    },
    true,
  );

  document.addEventListener("htmx:configRequest", function (event) {
    if (event.target.matches("[data-scan]")) {
      under = waiting;
      waiting = [];
      event.detail.parameters.codes = under.join("\n");
    }
  });

  document.addEventListener("htmx:afterRequest", function (event) {
    if (!event.target.matches("[data-scan]")) {
      return;
    }
    missed = missed.filter((code) => !under.includes(code));
    if (!event.detail.successful) {
      missed = missed.concat(under);
    }
    under = [];
    const wrong = show();
    faults = waiting.length ? wrong : [];
    if (wrong.length || missed.length) {
      pressed = null;
    } else if (pressed && !waiting.length) {
      pressed.form.requestSubmit(pressed);
      pressed = null;
    }
  });
})();
