"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement, body = document.getElementById("rows"), PAGE = 50;
  const el = (id) => document.getElementById(id);
  const looks = {};
  document.querySelectorAll(".tile").forEach((t) => { looks[t.dataset.outcome] = { style: t.getAttribute("style"), edge: t.className.replace("tile", "").trim() }; });
  const language = () => (root.dataset.language === "zh" ? 0 : 1);
  const said = (at) => { const t = data.texts[at]; return typeof t === "string" ? t : t[Math.min(language(), t.length - 1)]; };
  let found = data.rows, at = 0;
  const open = new Set();

  function made(tag, text, attributes = {}) {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  }

  function lines(row) {
    const line = made("tr"), outcome = data.outcomes[row[2]], look = looks[outcome.key] || { style: "--fill:#fff;--ink:#000", edge: "dashed" };
    const head = made("th", row[0], { scope: "row" });
    line.append(head, made("td", row[1]));
    const cell = made("td");
    cell.append(made("span", `${outcome.sign} ${outcome.name[language()]}`, { class: `outcome ${look.edge}`, style: look.style }));
    const reason = made("td", said(row[4]));
    line.append(cell, reason);
    if (row.length > 5) {
      const fold = made("button", undefined, { type: "button", class: "link fold", "aria-expanded": open.has(row[0]) });
      fold.append(el("unfold").content.cloneNode(true));
      fold.addEventListener("click", () => {
        open.has(row[0]) ? open.delete(row[0]) : open.add(row[0]);
        draw();
        body.querySelector(`[data-row="${row[0]}"]`).focus();
      });
      fold.dataset.row = row[0];
      reason.append(" ", fold);
    }
    return row.length > 5 && open.has(row[0]) ? [line, more(row)] : [line];
  }

  function more(row) {
    const line = made("tr", undefined, { class: "more" }), cell = made("td", undefined, { colspan: 4 }), list = made("dl");
    data.heads.forEach((head, i) => {
      const text = said(row[5 + i]);
      if (text) list.append(made("dt", head[language()]), made("dd", text));
    });
    cell.append(list);
    line.append(cell);
    return line;
  }

  function draw(all = false) {
    const from = all ? 0 : at * PAGE, until = all ? data.printed : from + PAGE;
    body.replaceChildren(...found.slice(from, until).flatMap(lines));
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    el("at").textContent = `${at + 1} / ${pages}`;
    el("previous").disabled = at === 0;
    el("next").disabled = at + 1 >= pages;
    document.querySelectorAll(".shown").forEach((n) => { n.textContent = found.length; });
    el("too-many").hidden = found.length <= data.printed;
    document.querySelectorAll("option").forEach((o) => { o.textContent = o.dataset[root.dataset.language]; });
  }

  function filter() {
    const wanted = el("search").value.trim().toLowerCase(), outcome = el("outcome").value, rule = el("rule").value;
    const holds = (row) => row.slice(4).some((t) => said(t).toLowerCase().includes(wanted));
    found = data.rows.filter((row) =>
      (!outcome || data.outcomes[row[2]].key === outcome) && (rule === "" || row[3].includes(Number(rule))) &&
      (!wanted || String(row[0]) === wanted || row[1].toLowerCase().includes(wanted) || holds(row)));
    at = 0;
    document.querySelectorAll(".tile").forEach((t) => t.setAttribute("aria-pressed", t.dataset.outcome === outcome));
    draw();
  }

  el("search").addEventListener("input", filter);
  el("outcome").addEventListener("change", filter);
  el("rule").addEventListener("change", filter);
  document.querySelector(".filters").addEventListener("submit", (e) => e.preventDefault());
  document.querySelector(".filters").addEventListener("reset", () => setTimeout(filter));
  el("previous").addEventListener("click", () => { at -= 1; draw(); });
  el("next").addEventListener("click", () => { at += 1; draw(); });
  document.querySelectorAll(".tile").forEach((t) => t.addEventListener("click", () => {
    const select = el("outcome"), key = t.dataset.outcome;
    select.value = select.value === key || ![...select.options].some((o) => o.value === key) ? "" : key;
    filter();
    if (select.value) el("table").scrollIntoView();
  }));
  document.querySelectorAll("[data-rule]").forEach((b) => b.addEventListener("click", () => { el("rule").value = b.dataset.rule; filter(); el("table").focus(); }));
  const speak = (chosen) => {
    root.dataset.language = chosen;
    root.lang = chosen === "zh" ? "zh-CN" : "en";
    filter();
  };
  el("language").addEventListener("click", () => speak(root.dataset.language === "zh" ? "en" : "zh"));
  el("print").addEventListener("click", () => print());
  addEventListener("beforeprint", () => draw(true));
  addEventListener("afterprint", () => draw());
  if (location.hash === "#en" || location.hash === "#zh") speak(location.hash.slice(1)); else draw();
})();
