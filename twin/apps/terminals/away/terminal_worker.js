// Stands between the pages at the machines and the server: a page that is loaded or opened while the server is away is the one that draws
// what was shown last (`away_page.html`), and pictures of documents that were seen are there still. The version is that of the scripts.

const NAME = "twin-away-VERSION", PICTURES = "twin-documents";
const PAGE = "/away/page", OWN = [PAGE, "/away/terminal.js", "/away/scan.js"];
const PATIENCE_MS = 10000, SLOW_MS = 5000, MOST_PICTURES = 200;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((it) => it.addAll(OWN)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const isPast = (name) => name.startsWith("twin-away-") && name !== NAME;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(isPast).map((it) => caches.delete(it)))).then(() => self.clients.claim()));
});

// A server that takes its time is waited for as long as it says that it lives.
async function page(request) {
  const given = new AbortController(), shown = fetch(request, { signal: given.signal }); // else it would hold a connection for ever
  const silence = (async () => {
    for (;;) {
      await new Promise((done) => setTimeout(done, PATIENCE_MS));
      await fetch("/liveness", { cache: "no-store", signal: AbortSignal.timeout(SLOW_MS) });
    }
  })();
  try {
    return await Promise.race([shown, silence]);
  } catch {
    shown.catch(() => {});
    given.abort();
    return (await caches.match(PAGE)) ?? Response.error();
  } finally {
    silence.catch(() => {});
  }
}

// What a digest names never changes.
async function picture(request) {
  const kept = await caches.open(PICTURES), found = await kept.match(request.url);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) {
    await kept.put(request.url, answer.clone());
    const names = await kept.keys();
    await Promise.all(names.slice(0, Math.max(0, names.length - MOST_PICTURES)).map((it) => kept.delete(it)));
  }
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin || request.method !== "GET") return;
  if (request.mode === "navigate") { if (pathname === "/terminal" || pathname === "/scan") event.respondWith(page(request)); return; }
  if (pathname.startsWith("/document/")) event.respondWith(picture(request));
  if (OWN.includes(pathname)) event.respondWith(caches.match(pathname).then((found) => found ?? fetch(request)));
});
