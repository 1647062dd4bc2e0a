(() => {
  "use strict";
  const EXTRA = { ø: "o", ł: "l", ß: "ss", æ: "ae", œ: "oe", đ: "d", ð: "d", þ: "th", ı: "i" };
  const fold = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[øłßæœđðþı]/g, (c) => EXTRA[c]);
  const tables = [...document.querySelectorAll("table.list")];
  const main = document.getElementById("papers") || document.getElementById("members") || document.getElementById("people");

  const lists = tables.map((table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, at) => ({ row, at, data: row.dataset, text: null }));
    return { table, body, rows, heads: [...table.querySelectorAll("th[data-sort]")], order: null };
  });

  const keyOf = (entry, key) => {
    if (key === "t") return fold(entry.row.querySelector(".t").textContent);
    const value = entry.data[key];
    return value === undefined ? null : key === "d" ? value : Number(value);
  };

  const sort = (list, key, down) => {
    const known = [];
    const unknown = [];
    for (const entry of list.rows) {
      const value = keyOf(entry, key);
      (value === null ? unknown : known).push([value, entry]);
    }
    const way = down ? -1 : 1;
    known.sort(([a, x], [b, y]) => (a < b ? -way : a > b ? way : x.at - y.at));
    list.body.append(...known.concat(unknown).map(([, entry]) => entry.row));
    for (const head of list.heads) {
      if (head.dataset.sort === key) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    list.order = key + (down ? "-down" : "-up");
  };

  for (const list of lists) {
    for (const head of list.heads) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const key = head.dataset.sort;
        const now = head.getAttribute("aria-sort");
        sort(list, key, now ? now === "ascending" : key !== "t");
        if (list.table === main) save();
      });
    }
  }

  const finders = [...document.querySelectorAll(".find")].map((box) => {
    const list = lists.find((one) => one.table.id === box.dataset.for);
    const fields = [...box.querySelectorAll("[data-f]")];
    const note = box.querySelector(".shown");
    const clear = box.querySelector("[data-clear]");
    const value = (name) => {
      const field = fields.find((one) => one.dataset.f === name);
      return !field ? "" : field.type === "checkbox" ? (field.checked ? "1" : "") : field.value.trim();
    };
    const apply = () => {
      const words = fold(value("q")).split(/\s+/).filter(Boolean);
      const [from, to] = [Number(value("from")), Number(value("to"))];
      const [cat, code, part] = [value("cat"), value("code"), value("part")];
      let count = 0;
      for (const entry of list.rows) {
        if (words.length && entry.text === null) {
          const told = [...entry.row.querySelectorAll(".t,.by,.m,.y,.src,.tag")];
          entry.text = fold(told.map((one) => one.textContent).join(" "));
        }
        const year = entry.data.y === undefined ? null : Number(entry.data.y);
        const field = cat && entry.row.querySelector(".cat");
        const fits =
          words.every((word) => entry.text.includes(word)) &&
          (!from || (year !== null && year >= from)) &&
          (!to || (year !== null && year <= to)) &&
          (!cat || (field && field.textContent === cat)) &&
          (!code || "g" in entry.data) &&
          (!part || "k" in entry.data);
        entry.row.hidden = !fits;
        count += fits ? 1 : 0;
      }
      clear.hidden = !fields.some((field) => value(field.dataset.f));
      const all = list.rows.length;
      const number = (n) => n.toLocaleString("en");
      note.textContent = count === all ? `${number(all)} ${box.dataset.noun}` : `${number(count)} of ${number(all)} ${box.dataset.noun}`;
    };
    return { box, list, fields, value, apply };
  });
  const first = finders.find((one) => one.list.table === main);

  const save = () => {
    const told = new URLSearchParams();
    if (first) for (const field of first.fields) if (first.value(field.dataset.f)) told.set(field.dataset.f, first.value(field.dataset.f));
    const order = main && lists.find((one) => one.table === main).order;
    if (order) told.set("sort", order);
    const text = told.toString();
    try {
      history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
    } catch {
      if (text) location.hash = text;
    }
  };

  const read = () => {
    const text = location.hash.slice(1);
    if (text && !text.includes("=")) return;
    const told = new URLSearchParams(text);
    const list = main && lists.find((one) => one.table === main);
    const order = /^([a-z])-(up|down)$/.exec(told.get("sort") || "");
    if (order && list.heads.some((head) => head.dataset.sort === order[1])) sort(list, order[1], order[2] === "down");
    if (first) {
      for (const field of first.fields) {
        const value = told.get(field.dataset.f) || "";
        if (field.type === "checkbox") field.checked = value === "1";
        else field.value = value;
      }
      first.apply();
    }
  };

  for (const finder of finders) {
    const change = () => {
      finder.apply();
      if (finder === first) save();
    };
    let wait = 0;
    finder.box.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(change, 60);
    });
    finder.box.querySelector("[data-clear]").addEventListener("click", () => {
      for (const field of finder.fields) {
        if (field.type === "checkbox") field.checked = false;
        else field.value = "";
      }
      change();
      finder.fields[0].focus();
    });
    finder.box.hidden = false;
    finder.apply();
  }
  read();
  window.addEventListener("hashchange", read);
})();
