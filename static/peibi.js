// What a page needs beyond links and forms. Everything works without it; nothing is evaluated.
"use strict";

(() => {
  const BUSY_AFTER_MS = 150;
  const timers = new WeakMap();
  document.documentElement.classList.add("has-js");

  const targetOf = (ctx) =>
    typeof ctx.target === "string" ? document.querySelector(ctx.target) : ctx.target;

  // Addresses stay short: an empty field is left out.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (!sourceElement.matches("[data-drop-empty]")) return;
    for (const [name, value] of [...request.body]) {
      if (value === "") request.body.delete(name);
    }
  });

  // A target says that it is busy, but not for answers that come at once.
  document.addEventListener("htmx:before:request", (event) => {
    const target = targetOf(event.detail.ctx);
    if (!target) return;
    clearTimeout(timers.get(target));
    timers.set(target, setTimeout(() => target.setAttribute("aria-busy", "true"), BUSY_AFTER_MS));
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const target = targetOf(event.detail.ctx);
    if (!target) return;
    clearTimeout(timers.get(target));
    target.removeAttribute("aria-busy");
  });

  // What a person had opened stays open, and old notices go with what they were about.
  let opened = [];
  let isToHeading = false;
  document.addEventListener("htmx:before:swap", (event) => {
    const target = targetOf(event.detail.ctx);
    if (!target) return;
    isToHeading = event.detail.ctx.sourceElement.matches("[data-to-heading]");
    opened = [...target.querySelectorAll("details[id][open]")].map((details) => details.id);
    if (target.id !== "notices") document.getElementById("notices")?.replaceChildren();
  });

  // After a swap focus goes to the first error, or to the heading of a new page of results.
  // A control that is there again (same id) has its focus back from htmx already.
  document.addEventListener("htmx:after:swap", (event) => {
    const ctx = event.detail.ctx;
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    opened = [];
    const error = targetOf(ctx)?.querySelector("[data-focus]");
    if (error) {
      error.focus();
    } else if (isToHeading || isFocusLost()) {
      focusHeading();
    }
  });

  // Rows that came or went are a change of their form, as if somebody had typed it.
  document.addEventListener("htmx:after:swap", (event) => {
    const target = targetOf(event.detail.ctx);
    if (target?.matches("[data-rows]")) target.dispatchEvent(new Event("change", { bubbles: true }));
  });

  function isFocusLost() {
    return !document.activeElement || document.activeElement === document.body;
  }

  function focusHeading() {
    const heading = document.querySelector("[data-heading]");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "nearest" });
  }

  // The page that the language switch comes back to is the one in the address bar.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-language]")) {
      event.target.elements.next.value = location.pathname + location.search;
    }
  });

  // The server cannot be reached at all: the page says so in its own language.
  document.addEventListener("htmx:error", (event) => {
    const template = document.getElementById("offline");
    const notices = document.getElementById("notices");
    if (!template || !notices || event.detail.ctx?.response) return;
    notices.replaceChildren(template.content.cloneNode(true));
  });

  // A page that came with errors: its summary takes focus.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-focus]")?.focus();
  });
})();
