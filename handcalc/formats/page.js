
// Folds steps, lights up where a value was found, hides results. The page is whole without it.
(() => {
  const all = (query, within = document) => [...within.querySelectorAll(query)], at = id => document.getElementById(id);
  const on = (kinds, then) => kinds.split(" ").forEach(kind => addEventListener(kind, then));
  const add = (to, tag, className, textContent = "") =>
    to.appendChild(Object.assign(document.createElement(tag), {className, textContent}));
  const open = (some, now) => some.forEach(fold => { fold.open = now; });
  const folds = all("main details"), inner = folds.filter(fold => !fold.querySelector("details"));

  const tools = add(document.querySelector("header"), "div", "tools");
  const toggle = add(tools, "button", ""), hide = add(tools, "button", "", "Practise: hide results");
  hide.hidden = all(".r").length === 0;
  const anyOpen = () => inner.some(fold => fold.open);
  const name = () => { toggle.textContent = (anyOpen() ? "Fold" : "Unfold") + " all"; };
  toggle.onclick = () => anyOpen() ? open(inner, false) : open(folds, true);
  folds.forEach(fold => { fold.ontoggle = name; });
  name();
  document.body.classList.add("live");
  open(all(".contents"), matchMedia("(min-width: 62rem)").matches);
  all(".scroll").forEach(box => { if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; });
  let closed = [];
  on("beforeprint", () => { closed = folds.filter(fold => !fold.open); open(closed, true); });
  on("afterprint", () => open(closed, false));

  // Where a value comes from: its place lights up, and is said in the corner.
  const where = add(add(document.body, "div", ""), "a", "where");
  where.parentElement.role = "status";
  const light = key => {
    all(".lit").forEach(lit => lit.classList.remove("lit"));
    where.textContent = "";
    const from = at(key ?? ""), head = from?.closest("details")?.firstElementChild;
    if (!from) return;
    const same = all("[data-of]").filter(other => other.dataset.of === key);
    [from, head, ...same].forEach(lit => lit?.classList.add("lit"));
    const parts = from.matches(".line, tr") ? all(".left, .value, th, td:last-child", from) : [from.caption ?? from];
    if (from.matches("td")) where.append(key + " = ");
    if (!from.matches("h2, h3"))
      parts.forEach(part => add(where, "span", "").append(...part.cloneNode(true).childNodes, " "));
    where.append(head ? "step " + head.querySelector(".number").textContent : "given");
    where.href = "#" + key;
  };
  const symbol = event => event.target.closest?.("[data-k]");
  const follow = event => {
    if (symbol(event)) location.hash = symbol(event).dataset.k;
    if (event.target.closest?.("a, [data-k]")) setTimeout(go);
  };
  on("mouseover focusin", event => {
    const link = event.target.closest?.("main a");
    if (!where.contains(event.target)) light(symbol(event)?.dataset.k ?? link?.hash.slice(1));
  });
  on("click", follow);
  // One stop of the Tab key for each group of formulas; arrows lead from symbol to symbol.
  all(".lines, .ledger").forEach(group => all("[data-k]", group).slice(0, 1).forEach(first => { first.tabIndex = 0; }));
  on("keydown", event => {
    if (event.key === "Enter") follow(event);
    const now = symbol(event), row = all("[data-k]", now?.closest(".lines, .ledger") ?? document);
    const next = row[row.indexOf(now) + ({ArrowRight: 1, ArrowLeft: -1}[event.key] ?? NaN)];
    if (!next) return;
    event.preventDefault();
    now.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  // Results behind buttons, one for a row or a matrix.
  const practise = now => {
    all(".show").forEach(button => button.click());
    hide.ariaPressed = now;
    const groups = new Map();
    all(now ? ".r" : "x").forEach(result => {
      const group = result.parentElement.caption ?? result.closest("tr") ?? result.parentElement;
      groups.set(group, [...(groups.get(group) ?? []), result]);
    });
    groups.forEach((results, group) => {
      const last = results.at(-1), button = add(group, "button", "show", "show");
      if (!group.matches("caption")) last.after(button);
      button.ariaLabel = "show " + (last.closest(".line, tr, table")?.id ?? "result");
      const off = hidden => results.forEach(result => {
        result.classList.toggle("off", hidden);
        result.ariaHidden = hidden;
      });
      off(true);
      button.onclick = () => {
        const had = document.activeElement === button;
        off(false);
        button.remove();
        last.tabIndex = -1;
        if (had) last.focus();
      };
    });
  };
  hide.ariaPressed = false;
  hide.onclick = () => practise(hide.ariaPressed !== "true");

  const go = () => {
    const id = decodeURIComponent(location.hash.slice(1)), to = at(id);
    open(folds.filter(fold => fold.contains(to)), !!to);
    to?.scrollIntoView({block: to.closest("summary") ? "start" : "center"});
    if (id === "hide") practise(true);
  };
  on("hashchange", go);
  go();
})();
