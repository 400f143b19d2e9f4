// The review of a reading by keyboard and mouse; every word works as a plain form too. Plain ES2015 for old Chromium.
(function () {
  "use strict";
  var active = "", asked = "", tops = null;
  function all(what, within) { return Array.prototype.slice.call((within || document).querySelectorAll(what)); }
  function entries() { return all("#entries .entry"); }
  function box(id) { return document.getElementById(id); }
  // Only the pane scrolls, never the page, so that what is read stays where it is.
  function show(pane, node) {
    if (!pane || !node) { return; }
    var at = node.getBoundingClientRect(), frame = pane.getBoundingClientRect();
    if (at.top < frame.top + 24 || at.bottom > frame.bottom - 24) {
      pane.scrollTop += at.top - frame.top - pane.clientHeight / 4;
    }
  }
  function light(id) {
    all("#paper .lit").forEach(function (one) { one.classList.remove("lit"); });
    var found = all("#paper [data-of~='" + id + "']");
    found.forEach(function (one) { one.classList.add("lit"); });
    return found[0];
  }
  function select(entry, quiet) {
    if (!entry) { return; }
    entries().forEach(function (one) { one.classList.toggle("active", one === entry); });
    active = entry.id;
    if (!quiet) { entry.focus({ preventScroll: true }); }
    show(box("entries"), entry);
    show(box("paper"), light(entry.id.slice(2)) || box(entry.getAttribute("data-at")));
  }
  function now() { return document.activeElement.closest && document.activeElement.closest(".entry") || box(active); }
  function step(by) {
    var list = entries(), at = list.indexOf(now());
    select(list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))]);
  }
  function next(fits) {
    var list = entries(), at = list.indexOf(now());
    var order = list.slice(at + 1).concat(list.slice(0, at + 1));
    return order.filter(fits)[0];
  }
  function open(one) { return one.getAttribute("data-standing") === "open"; }
  function say(word) {
    var entry = now(), what = entry && entry.querySelector(word === "edit" ? "[data-word=edit]" : "button[value=" + word + "]");
    if (what) { asked = word; what.click(); }
  }
  function key(event) {
    var on = box("keys"), to = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.key === "Escape") {
      var entry = now(), cancel = entry && entry.querySelector("[data-word=cancel]");
      if (cancel) { cancel.click(); }
      return;
    }
    if ((on && !on.checked) || !box("review") || /^(INPUT|TEXTAREA|SELECT)$/.test(to.tagName) && to.type !== "checkbox") { return; }
    if (box("help") && box("help").open) { return; }
    var arrows = to.closest && to.closest("#entries");
    var does = {
      j: function () { step(1); }, k: function () { step(-1); },
      ArrowDown: arrows && function () { step(1); }, ArrowUp: arrows && function () { step(-1); },
      a: function () { say("accept"); }, r: function () { say("reject"); }, e: function () { say("edit"); },
      n: function () { select(next(function (one) { return open(one) && one.classList.contains("doubtful"); })); },
      "?": function () { if (box("help")) { box("help").showModal(); } }
    }[event.key];
    if (does) { event.preventDefault(); does(); }
  }
  // How many code points of the text stand before a place in it: what the program counts in.
  function offset(node, at) {
    var piece = node.nodeType === 3 ? node.parentNode.closest("[data-start]") : node.closest("[data-start]");
    if (!piece) { return ""; }
    var range = document.createRange();
    range.setStart(piece, 0); range.setEnd(node, at);
    return Number(piece.getAttribute("data-start")) + Array.from(range.toString()).length;
  }
  function selected() {
    var found = window.getSelection(), paper = box("paper"), form = box("add");
    if (!form || !found.rangeCount || found.isCollapsed) { return; }
    var range = found.getRangeAt(0);
    if (!paper.contains(range.startContainer) || !paper.contains(range.endContainer)) { return; }
    form.elements.quote.value = range.toString();
    form.elements.start.value = offset(range.startContainer, range.startOffset);
  }
  function click(event) {
    var piece = event.target.closest && event.target.closest("#paper [data-of]");
    if (piece && window.getSelection().isCollapsed) { select(box("e-" + piece.getAttribute("data-of").split(" ")[0])); return; }
    var entry = event.target.closest && event.target.closest(".entry");
    if (entry && !event.target.closest("button, a, input, select, textarea, label")) { select(entry); }
    var place = event.target.closest && event.target.closest("a.place");
    if (place && entry) { event.preventDefault(); select(entry); }
  }
  function focused(event) {
    var entry = event.target.closest && event.target.closest("#entries .entry");
    if (entry && entry.id !== active) { select(entry, true); }
  }
  function before() { tops = [box("paper"), box("entries")].map(function (one) { return one ? one.scrollTop : 0; }); }
  function after(event) {
    if (event.target.id === "main") { start(); }
    var entry = box(active), said = box("said"), told = document.querySelector("[data-tell]");
    if (tops && box("paper")) { box("paper").scrollTop = tops[0]; box("entries").scrollTop = tops[1]; }
    if (said && told) { said.textContent = told.textContent.trim(); }
    if (!entry) { return; }
    var form = entry.querySelector("form.edit");
    if (form) {
      select(entry, true);
      form.querySelector("input[type=text]").focus({ preventScroll: true });
    } else if ((asked === "accept" || asked === "reject") && !open(entry)) {
      select(next(open) || entry);
    } else { select(entry); }
    asked = "";
  }
  function start() {
    var on = box("keys"), form = document.querySelector("form.edit"), at = /[?&]place=(\d+)/.exec(location.search);
    if (on && !on.hasAttribute("data-ready")) {
      on.setAttribute("data-ready", "");
      try { on.checked = localStorage.getItem("duheng-keys") !== "off"; } catch (error) { on.checked = true; }
      on.addEventListener("change", function () {
        try { localStorage.setItem("duheng-keys", on.checked ? "on" : "off"); } catch (error) { return; }
      });
    }
    if (form) { select(form.closest(".entry"), true); form.querySelector("input[type=text]").focus(); }
    else if (at && box("at-" + at[1])) { select(box("e-" + box("at-" + at[1]).getAttribute("data-of").split(" ")[0])); }
    else if (box(location.hash.slice(1)) && location.hash.indexOf("#e-") === 0) { select(box(location.hash.slice(1))); }
  }
  document.addEventListener("keydown", key);
  document.addEventListener("click", click);
  document.addEventListener("focusin", focused);
  document.addEventListener("mouseup", selected);
  document.addEventListener("keyup", selected);
  document.addEventListener("htmx:beforeRequest", before);
  document.addEventListener("htmx:afterSettle", after);
  document.addEventListener("DOMContentLoaded", start);
}());
