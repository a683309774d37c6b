// Stands in for the notebook: gives each anywidget of the page its module and a model of its own.
// A page opened from a file may not import modules from files, so each module comes as text in a
// script and is imported as a blob. There is no kernel: a change stays in the page.

(() => {
  const modules = {};

  function load(name) {
    modules[name] ??= (async () => {
      const source = new Blob([window.gedigModules[name]], { type: "text/javascript" });
      const address = URL.createObjectURL(source);
      try {
        return (await import(address)).default;
      } finally {
        URL.revokeObjectURL(address);
      }
    })();
    return modules[name];
  }

  function bytes(text) {
    return new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  }

  // Put each buffer where its path leads; objects on the way may have been left out.
  function valuesOf({ state, buffers }) {
    for (const { path, data } of buffers) {
      const way = path.slice(0, -1);
      const place = way.reduce((within, name) => (within[name] ??= {}), state);
      place[path.at(-1)] = bytes(data);
    }
    return state;
  }

  function makeModel(values) {
    const heard = new Map();
    const listeners = (event) => heard.get(event) ?? heard.set(event, new Set()).get(event);
    return {
      get: (name) => values[name],
      set: (name, value) => {
        if (Object.is(values[name], value)) return;
        values[name] = value;
        for (const listener of [...listeners(`change:${name}`), ...listeners("change")]) listener();
      },
      on: (event, listener) => { listeners(event).add(listener); },
      off: (event, listener) => { listeners(event).delete(listener); },
      save_changes: () => {},
    };
  }

  async function draw(place, widget) {
    const said = [...place.childNodes];
    const el = place.appendChild(document.createElement("div"));
    try {
      (await load(widget.module)).render({ model: widget.model, el });
      said.forEach((node) => node.remove());
      place.dataset.drawn = "";
      if ("focus" in place.dataset) focusBox(place);
    } catch (trouble) {
      el.textContent = document.querySelector("article").dataset.failed;
      reportError(trouble);
    }
  }

  // The cursor waits in the box of the front page, unless the visitor is somewhere else already.
  function focusBox(place) {
    if (location.hash || document.activeElement !== document.body) return;
    /** @type {HTMLTextAreaElement} */
    const box = place.querySelector("textarea:enabled");
    box?.focus({ preventScroll: true });
  }

  const widgets = JSON.parse(document.getElementById("widgets").textContent);
  window.gedigWidgets = widgets;
  for (const widget of Object.values(widgets)) widget.model = makeModel(valuesOf(widget));
  /** @type {NodeListOf<HTMLElement>} */
  const places = document.querySelectorAll("[data-model]");
  for (const place of places) {
    draw(place, widgets[place.dataset.model]);
  }
})();
