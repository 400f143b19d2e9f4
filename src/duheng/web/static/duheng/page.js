// Small comforts only; every page works without this file. Plain ES2015 for old Chromium.
(function () {
  "use strict";
  function limit(form) {
    var field = form.querySelector("input[type=file][data-limit]");
    if (!field) { return; }
    field.addEventListener("change", function () {
      var most = Number(field.getAttribute("data-limit")), sum = 0, i;
      for (i = 0; i < field.files.length; i += 1) { sum += field.files[i].size; }
      var said = document.getElementById(field.getAttribute("aria-describedby"));
      field.setCustomValidity(sum > most ? field.getAttribute("data-refusal") : "");
      if (said) { said.textContent = sum > most ? field.getAttribute("data-refusal") : ""; }
    });
  }
  function tree(box) {
    box.addEventListener("click", function () {
      var open = box.getAttribute("data-open") === "yes";
      document.querySelectorAll(".tree details").forEach(function (one) { one.open = open; });
    });
  }
  function start() {
    document.querySelectorAll("form[enctype]").forEach(limit);
    document.querySelectorAll("button[data-open]").forEach(tree);
    document.querySelectorAll("button[data-print]").forEach(function (one) {
      one.hidden = false;
      one.addEventListener("click", function () { window.print(); });
    });
  }
  // A filter that is not set has no place in the address.
  function brief(event) {
    var asked = event.detail.parameters;
    if (event.detail.verb !== "get") { return; }
    Object.keys(asked).forEach(function (name) { if (asked[name] === "") { delete asked[name]; } });
  }
  // Voices hear how many rows a filter leaves; the page around them was not loaded anew.
  function tell() {
    var shown = document.getElementById("shown"), said = document.getElementById("said");
    if (shown && said) { said.textContent = shown.textContent.trim(); }
  }
  // What looks again by itself waits for whoever is just using a part of it, and says when it cannot.
  function busy(event) {
    var box = event.detail.target;
    if (box && box.id === "live" && box !== document.activeElement && box.contains(document.activeElement)) {
      event.detail.shouldSwap = false;
    }
  }
  function stale(hidden) {
    return function () {
      var said = document.getElementById("stale");
      if (said) { said.hidden = hidden; }
    };
  }
  document.addEventListener("htmx:beforeSwap", busy);
  document.addEventListener("htmx:sendError", stale(false));
  document.addEventListener("htmx:responseError", stale(false));
  document.addEventListener("htmx:afterSwap", stale(true));
  document.addEventListener("htmx:configRequest", brief);
  document.addEventListener("htmx:afterSettle", tell);
  document.addEventListener("DOMContentLoaded", start);
}());
