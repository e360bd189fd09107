// Runs in the browser: fetches the drawings every 15 s and puts them in place of the old ones. Sections stay open or closed. When the
// local system does not answer, the page says since when what it shows is old.
const everyMs = 15_000;
const main = document.querySelector('main');
const state = document.querySelector('#state');
let renewedAt = new Date(main.dataset.drawn);

function say(text) {
  state.textContent = text;
}

function show(text) {
  const open = new Map();
  for (const part of main.querySelectorAll('details')) {
    open.set(part.querySelector('summary').textContent, part.open);
  }
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  for (const part of fresh.querySelectorAll('details')) {
    part.open = open.get(part.querySelector('summary').textContent) ?? part.open;
  }
  main.replaceChildren(...fresh.body.childNodes);
}

async function renew() {
  if (document.hidden) return;
  try {
    const response = await fetch(main.dataset.content, { signal: AbortSignal.timeout(everyMs) });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    show(text);
    renewedAt = new Date(response.headers.get('date'));
    document.body.classList.remove('stale');
    say(`Renewed at ${renewedAt.toLocaleTimeString()}; every 15 s.`);
  } catch (error) {
    document.body.classList.add('stale');
    say(`Old: not renewed since ${renewedAt.toLocaleTimeString()}. ${error.message}`);
  }
}

document.addEventListener('visibilitychange', () => void renew());
setInterval(() => void renew(), everyMs);
if (document.querySelector('.trouble') === null) {
  say(`Renewed at ${renewedAt.toLocaleTimeString()}; every 15 s.`);
} else {
  void renew();
}
