/* The sheet of a report: the deviation as it is typed, and which lines ask for a reason. The server judges again. */
(function () {
  "use strict";

  function quantity(text) {
    const typed = text.trim();
    return /^(\d+|\d{1,3}([,，]\d{3})+)(\.\d*)?$/.test(typed) ? Number(typed.replace(/[,，]/g, "")) : null;
  }

  /* As the server says it when the sheet is saved. */
  function wrong(text) {
    return !text ? "" : /^[-−]/.test(text) ? "不能小于 0" : "不是数字";
  }

  function words(share) {
    const percent = Math.round(share * 1000) / 10;
    return (percent > 0 ? "+" : percent < 0 ? "−" : "") + Math.abs(percent) + "%";
  }

  function judge(row) {
    const sheet = row.closest("[data-report-sheet]");
    const input = row.querySelector("[data-quantity]");
    const place = row.querySelector("[data-deviation]");
    if (!input || !place) {
      return;
    }
    const prior = Number(row.dataset.prior);
    const typed = quantity(input.value);
    let beyond = false;
    if (typed === null) {
      place.textContent = wrong(input.value.trim());
    } else if (!prior) {
      place.textContent = typed ? "上年没有采购" : "—";
    } else {
      const share = (typed - prior) / prior;
      const drop = sheet.dataset.drop;
      const rise = sheet.dataset.rise;
      beyond = (drop !== "" && typed - prior < -Number(drop) * prior) || (rise !== "" && typed - prior > Number(rise) * prior);
      place.textContent = words(share) + (beyond ? " 须说明" : "");
    }
    row.classList.toggle("zc-row-beyond", beyond);
    row.querySelectorAll("[data-why]").forEach(function (field) {
      field.setAttribute("aria-required", String(beyond));
    });
  }

  function count(sheet) {
    const place = document.querySelector("[data-filled]");
    if (place) {
      const inputs = Array.from(sheet.querySelectorAll("[data-quantity]"));
      place.textContent = String(inputs.filter((input) => quantity(input.value) !== null).length);
    }
  }

  document.addEventListener("input", function (event) {
    if (event.target.matches && event.target.matches("[data-quantity]")) {
      judge(event.target.closest("tr"));
      count(event.target.closest("[data-report-sheet]"));
    }
  });

  /* Proposed quantities into the fields that are still empty; nothing is kept until it is saved. */
  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-fill-proposed]");
    if (!button) {
      return;
    }
    const sheet = document.querySelector("[data-report-sheet]");
    sheet.querySelectorAll("[data-quantity]").forEach(function (input) {
      if (!input.value.trim()) {
        input.value = input.dataset.proposed;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
  });

  function judgeAll(sheet) {
    sheet.querySelectorAll("tr[data-prior]").forEach(judge);
    count(sheet);
  }

  /* Fields that the browser filled in again, and a draft that came back however late. */
  window.addEventListener("load", () => document.querySelectorAll("[data-report-sheet]").forEach(judgeAll));
  document.addEventListener("zc-filled", function (event) {
    if (event.target.matches("[data-report-sheet]")) {
      judgeAll(event.target);
    }
  });
})();
