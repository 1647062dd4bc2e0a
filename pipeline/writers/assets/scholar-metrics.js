/* scholar-metrics.js: citation numbers on any page, out of the gs_data.json that scholar-metrics
   writes. No other script, cookie or storage; numbers are set as text, never as HTML.

   <script src="scholar-metrics.js" defer
     data-source="https://raw.githubusercontent.com/YOU/REPO/google-scholar-stats/"></script>

   Cited <span id="total_cit">many</span> times, h-index <span data-scholar-metrics="h_index">–</span>
   <span class="show_paper_citations" data="arxiv:2401.00001"></span>        | Citations: 12
   Cited by <span data-scholar-paper="doi:10.1000/one">some</span>           12

   What is not known keeps the text that is in the page. On the script: data-source (a folder; else
   the script's own), data-author, data-stale-days (14). On any element: data-author="key" for
   another author's numbers, data-format="grouped" (1,234) or "short" (1.2K).
   Elements that come later: scholarMetrics.fill(element). */
(() => {
  "use strict";

  const FIELDS = {
    citations: "citedby",
    citations_recent: "citedby5y",
    h_index: "hindex",
    h_index_recent: "hindex5y",
    i10_index: "i10index",
    i10_index_recent: "i10index5y",
  };
  const PROVIDERS = {
    ads: "NASA ADS", combined: "several providers", crossref: "Crossref",
    google_scholar: "Google Scholar", inspire: "INSPIRE", openalex: "OpenAlex",
    opencitations: "OpenCitations", semantic_scholar: "Semantic Scholar", serpapi: "SerpApi",
  };
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const PLACES = "#total_cit, .show_paper_citations, [data-scholar-metrics], [data-scholar-paper]";
  const STALE = "scholar-metrics-stale";
  const SECONDS = 10;
  const LARGEST = 16e6;
  const DAY = 864e5;

  const script = document.currentScript || document.querySelector("script[src*='scholar-metrics']");
  const told = script ? script.dataset : {};
  const folder = new URL(
    (told.source || new URL(".", (script && script.src) || document.baseURI)).toString()
      .replace(/\/*$/, "/"),
    document.baseURI,
  );
  const staleDays = told.staleDays > 0 ? Number(told.staleDays) : 14;
  const loaded = new Map();

  const own = (object, key) =>
    object && Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
  const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

  /** The numbers of one author (none named: of the folder's owner), asked for once. */
  const load = (author) => {
    if (!loaded.has(author)) {
      const path = (author ? `authors/${encodeURIComponent(author)}/` : "") + "gs_data.json";
      loaded.set(author, read(new URL(path, folder)).catch((error) => {
        console.warn(`scholar-metrics: ${path} was not read, the page keeps its own text: ${error.message}`);
        return {};
      }));
    }
    return loaded.get(author);
  };

  const read = async (url) => {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), SECONDS * 1000);
    try {
      // Revalidated: a CDN may allow browsers to keep the file for a week.
      const answer = await fetch(url, {
        cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer", signal: stop.signal,
      });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const data = JSON.parse(await text(answer.body.getReader(), stop));
      if (!data || typeof data !== "object") throw new Error("no object");
      return { ...data, publications: byId(data.publications) };
    } finally {
      clearTimeout(clock);
    }
  };

  const text = async (reader, stop) => {
    const decoder = new TextDecoder();
    let found = "";
    for (let size = 0; ;) {
      const { done, value } = await reader.read();
      if (done) return found + decoder.decode();
      size += value.length;
      if (size > LARGEST) {
        stop.abort();
        throw new Error("too large");
      }
      found += decoder.decode(value, { stream: true });
    }
  };

  const byId = (papers) => {
    if (!Array.isArray(papers)) return papers;
    return Object.fromEntries(papers.map((paper) => [own(paper, "author_pub_id"), paper]));
  };

  /** What an element is to show: {count, paper} or {words}, or nothing. */
  const wanted = (element, data) => {
    const paper = element.classList.contains("show_paper_citations")
      ? element.getAttribute("data") : element.dataset.scholarPaper;
    if (paper) {
      const entry = own(data.publications, paper);
      return { count: own(entry, "num_citations"), entry };
    }
    const name = element.id === "total_cit" ? "citations" : element.dataset.scholarMetrics;
    if (name === "updated") return { words: (day(data.updated) || {}).words };
    if (name === "provider") return { words: provider(data.provider) };
    const field = own(FIELDS, name);
    const bounds = Array.isArray(data.lower_bounds) ? data.lower_bounds : [];
    return { count: own(data, field), isBound: bounds.includes(field) };
  };

  const show = (element, data) => {
    const { count, words, entry, isBound } = wanted(element, data);
    if (!words && !isCount(count)) return false;
    const label = element.classList.contains("show_paper_citations") ? "| Citations: " : "";
    element.textContent = words || label + (isBound ? "≥ " : "") + formatted(count, element);
    const { title, isStale } = age(data, entry);
    if (title) element.title = title;
    element.classList.toggle(STALE, isStale);
    return true;
  };

  const formatted = (count, element) => {
    const style = element.dataset.format;
    if (style !== "grouped" && style !== "short") return String(count);
    const options = style === "short" ? { notation: "compact", maximumFractionDigits: 1 } : {};
    const near = element.closest("[lang]");
    try {
      return new Intl.NumberFormat((near && near.lang) || "en", options).format(count);
    } catch (error) {
      return new Intl.NumberFormat("en", options).format(count);
    }
  };

  /** "Google Scholar, as of 20 Nov 2026", and whether that is too long ago. */
  const age = (data, entry) => {
    const by = own(entry, "provider") || data.provider;
    const isOthers = by !== data.provider; // of whom only numbers older than the rest are dated
    const date = day(own(entry, "as_of")) || (isOthers ? null : day(data.updated));
    const isOld = date ? Date.now() - date.time > (staleDays + 1) * DAY : false;
    const isStale = isOld || (data.is_stale === true && !isOthers);
    const parts = [provider(by), date && `as of ${date.words}`];
    const title = parts.filter(Boolean).join(", ");
    return { isStale, title: isStale ? `${title || "Age unknown"} (out of date)` : title };
  };

  const provider = (name) => (typeof name === "string" ? own(PROVIDERS, name) : undefined);

  const day = (moment) => {
    const found = /^(\d{4})-(\d\d)-(\d\d)/.exec(typeof moment === "string" ? moment : "");
    if (!found || !MONTHS[found[2] - 1]) return null;
    const [year, month, date] = found.slice(1).map(Number);
    return { time: Date.UTC(year, month - 1, date), words: `${date} ${MONTHS[month - 1]} ${year}` };
  };

  /** Fills what is in `root`; resolves to the number of elements that were filled. */
  const fill = async (root = document) => {
    const places = [...root.querySelectorAll(PLACES)];
    if (root.matches && root.matches(PLACES)) places.push(root);
    const shown = await Promise.all(places.map(async (place) => {
      return show(place, await load(place.dataset.author || told.author || ""));
    }));
    return shown.filter(Boolean).length;
  };

  window.scholarMetrics = Object.freeze({ fill });
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", () => fill());
  } else {
    fill();
  }
})();
