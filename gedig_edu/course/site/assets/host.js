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

  // What reads sentences where there is no kernel comes as a script of its own, its model as another,
  // which is large and waits until somebody touches the page; from a file it costs nothing to bring.
  function bring() {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = "model.js";
      script.onload = () => {
        const model = window.gedigModel;
        delete window.gedigModel;
        done(model);
      };
      script.onerror = () => failed(new Error(script.src.split("/").at(-1)));
      document.head.append(script);
    });
  }

  async function startEngine(places) {
    const served = places.filter((place) => widgets[place.dataset.model].engine);
    if (served.length === 0) return;
    const kernel = await load("kernel");
    if (!kernel.canServe()) return;
    const engine = new kernel.Engine(window.gedigEngine, bring);
    const ids = [...new Set(served.map((place) => place.dataset.model))];
    ids.forEach((id, index) => kernel.serve(widgets[id].model, engine, id, index === 0));
    const start = () => { engine.start().catch(() => {}); }; // who asks for a sentence is told
    if (location.protocol === "file:") setTimeout(start, 0);
    else for (const place of served) {
      for (const event of ["pointerdown", "keydown"]) place.addEventListener(event, start, { once: true });
    }
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

  // What is chosen stands in the address, so that a link shows it; other anchors are left alone.
  function keepInAddress(model, name) {
    const read = () => {
      if (location.hash.includes("=")) model.set(name, Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
    };
    model.on(`change:${name}`, () => {
      const chosen = Object.entries(model.get(name)).filter(([, value]) => value);
      history.replaceState(null, "", `#${new URLSearchParams(chosen)}`);
    });
    addEventListener("hashchange", read);
    read();
  }

  const widgets = JSON.parse(document.getElementById("widgets").textContent);
  window.gedigWidgets = widgets;
  for (const widget of Object.values(widgets)) widget.model = makeModel(valuesOf(widget));
  /** @type {NodeListOf<HTMLElement>} */
  const found = document.querySelectorAll("[data-model]");
  const places = [...found];
  for (const { dataset } of places) if (dataset.address) keepInAddress(widgets[dataset.model].model, dataset.address);
  startEngine(places).finally(() => {
    for (const place of places) draw(place, widgets[place.dataset.model]);
  });
})();
