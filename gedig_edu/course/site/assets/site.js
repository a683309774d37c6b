// The page around a lesson: dark or light, search over headings and names, boxes that scroll by key.

(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  // A browser may refuse storage to a page opened from a file; then a choice lasts for the page.
  const memory = {
    read() {
      try {
        return localStorage.getItem("gedig-theme");
      } catch {
        return null;
      }
    },
    write(theme) {
      try {
        localStorage.setItem("gedig-theme", theme);
      } catch {
        root.dataset.theme = theme;
      }
    },
  };

  let printing = false;

  function theme() {
    if (printing) return "light";
    return memory.read() ?? root.dataset.chosen ?? (dark.matches ? "dark" : "light");
  }

  // Widgets follow the notebook's marks: data-theme, and on the body a name of JupyterLab's. The
  // button says what pressing it does.
  function paint() {
    root.dataset.theme = theme();
    document.body?.setAttribute("data-jp-theme-light", String(root.dataset.theme === "light"));
    /** @type {HTMLButtonElement} */
    const button = document.querySelector(".theme");
    if (button) button.textContent = root.dataset.theme === "dark" ? button.dataset.light : button.dataset.dark;
  }

  function switchTheme() {
    root.dataset.chosen = root.dataset.theme === "dark" ? "light" : "dark";
    memory.write(root.dataset.chosen);
    paint();
  }

  // ---- search -------------------------------------------------------------------------------

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const SHOWN = 12;

  function find(asked) {
    const words = plain(asked).split(/[\s()]+/).filter(Boolean);
    if (words.length === 0) return [];
    const found = window.gedigHeadings.filter(({ text, title }) => {
      const own = plain(text);
      const all = `${own} ${plain(title)}`;
      return own.includes(words[0]) && words.every((word) => all.includes(word));
    });
    return found.sort((one, other) => nearness(one, words) - nearness(other, words));
  }

  // What is called just so comes first, then a method of that name, then what says it in one piece.
  function nearness({ text }, words) {
    const [own, asked] = [plain(text), words.join(" ")];
    const near = [own === asked, own.endsWith(`.${asked}`), own.includes(asked), true];
    return near.indexOf(true);
  }

  function makeResult({ page, id, text, title, level }, root) {
    const link = document.createElement("a");
    link.href = `${root}${page}#${id}`;
    link.append(text);
    if (level > 1) {
      const where = link.appendChild(document.createElement("small"));
      where.textContent = ` ${title}`;
    }
    const item = document.createElement("li");
    item.append(link);
    return item;
  }

  function startSearch(form) {
    const input = form.querySelector("input");
    const box = form.querySelector(".results");
    const status = form.querySelector("[role=status]");
    const list = form.querySelector("ul");
    const links = () => [...list.querySelectorAll("a")];

    const show = () => {
      const found = find(input.value);
      const { found: some, none, root } = form.dataset;
      list.replaceChildren(...found.slice(0, SHOWN).map((one) => makeResult(one, root)));
      status.textContent = found.length === 0 ? none
        : some.replace("{count}", Math.min(SHOWN, found.length)).replace("{all}", found.length);
      box.hidden = input.value.trim() === "";
    };
    const close = () => { box.hidden = true; };
    const move = (step) => {
      const stops = [input, ...links()];
      stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
    };
    const keys = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Escape: () => { input.value = ""; close(); input.focus(); },
    };

    input.addEventListener("input", show);
    input.addEventListener("focus", show);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      links()[0]?.click();
    });
    form.addEventListener("keydown", (event) => {
      if (!keys[event.key] || box.hidden) return;
      event.preventDefault();
      keys[event.key]();
    });
    list.addEventListener("click", close);
    document.addEventListener("focusin", ({ target }) => { if (!form.contains(target)) close(); });
    document.addEventListener("pointerdown", ({ target }) => { if (!form.contains(target)) close(); });
    form.hidden = false;
  }

  // ---- boxes wider than the page are reached by Tab, the others are not -----------------------

  function watchBoxes() {
    const mark = (box) => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    };
    const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => mark(target)));
    for (const box of document.querySelectorAll(".scroll, .highlight pre")) sizes.observe(box);
  }

  // ---- a heading that is asked for lies open ---------------------------------------------------

  // An address that is badly written names no heading.
  function nameOf(written) {
    try {
      return decodeURIComponent(written);
    } catch (trouble) {
      if (trouble instanceof URIError) return "";
      throw trouble;
    }
  }

  function openTarget() {
    const target = document.getElementById(nameOf(location.hash.slice(1)));
    /** @type {HTMLDetailsElement} */
    const section = target?.closest("details.optional:not([open])");
    if (!section) return;
    section.open = true;
    target.scrollIntoView();
  }

  // ---- paper: light, and every fold open; the screen is left as it was ------------------------

  const unfolded = [];

  function dressForPaper() {
    printing = true;
    paint();
    unfolded.push(...document.querySelectorAll("details:not(.contents, [open])"));
    unfolded.forEach((fold) => { fold.open = true; });
  }

  function undress() {
    printing = false;
    paint();
    unfolded.splice(0).forEach((fold) => { fold.open = false; });
  }

  paint();
  dark.addEventListener("change", paint);
  addEventListener("beforeprint", dressForPaper);
  addEventListener("afterprint", undress);
  addEventListener("hashchange", openTarget);
  document.addEventListener("DOMContentLoaded", () => {
    paint();
    /** @type {HTMLButtonElement} */
    const button = document.querySelector(".theme");
    button.hidden = false;
    button.addEventListener("click", switchTheme);
    startSearch(document.querySelector(".search"));
    watchBoxes();
    openTarget();
  });
})();
