// What a page needs beyond links and forms. Everything works without it; nothing is evaluated.
"use strict";

(() => {
  const BUSY_AFTER_MS = 150;
  const timers = new WeakMap();

  // A target says that it is busy, but not for answers that come at once.
  document.addEventListener("htmx:before:request", (event) => {
    const target = event.detail.ctx.target;
    if (!(target instanceof Element)) return;
    clearTimeout(timers.get(target));
    timers.set(target, setTimeout(() => target.setAttribute("aria-busy", "true"), BUSY_AFTER_MS));
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const target = event.detail.ctx.target;
    if (!(target instanceof Element)) return;
    clearTimeout(timers.get(target));
    target.removeAttribute("aria-busy");
  });

  // After a swap focus goes to the first error, or to the heading of a new page of results;
  // a control that was kept (same id) has its focus back from htmx already.
  document.addEventListener("htmx:after:swap", (event) => {
    const ctx = event.detail.ctx;
    const target = typeof ctx.target === "string" ? document.querySelector(ctx.target) : ctx.target;
    focusWhatMatters(target instanceof Element ? target : document);
  });

  function focusWhatMatters(root) {
    const wanted = root.querySelector("[data-focus]");
    if (wanted) {
      wanted.focus();
      return;
    }
    if (document.activeElement && document.activeElement !== document.body) return;
    const heading = document.querySelector("[data-heading]");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: false });
  }

  // The server cannot be reached at all: say so where notices are, in the page's language.
  document.addEventListener("htmx:error", (event) => {
    const template = document.getElementById("offline");
    const notices = document.getElementById("notices");
    if (!template || !notices || event.detail.ctx?.response) return;
    notices.replaceChildren(template.content.cloneNode(true));
  });

  // The page that the language switch comes back to is the one in the address bar.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-language]")) {
      form.elements.next.value = location.pathname + location.search;
    }
  });

  // A page that came with errors: its summary takes focus.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-focus]")?.focus();
  });
})();
