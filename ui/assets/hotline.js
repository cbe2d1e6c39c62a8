// The hotline's desk: finds as one types, keyboard only from end to end. Markup comes from the server's templates.
const box = element.querySelector('#hotline-query');
const hits = element.querySelector('#hotline-hits');
const said = element.querySelector('#hotline-said');
const policy = () => element.querySelector('#hotline-policy')?.value ?? '';
let asked = 0, shown = 0, at = 0, pending = Promise.resolve();
const all = () => [...hits.querySelectorAll('.hit')];
const choose = (number, scroll = true) => {
  const list = all();
  at = Math.max(0, Math.min(number, list.length - 1));
  list.forEach((hit, i) => { hit.classList.toggle('chosen', i === at); if (i === at) hit.setAttribute('aria-current', 'true'); else hit.removeAttribute('aria-current'); });
  if (list[at] && scroll) list[at].scrollIntoView({ block: 'nearest' });
};
const find = async () => {
  const number = ++asked;
  let html;
  try {
    html = await server.find({ query: box.value, policy: policy() });
  } catch {
    said.textContent = window.mingce.lost;
    return;
  }
  if (number < shown) return;  // a later answer is already there
  shown = number;
  hits.innerHTML = html;
  choose(0, false);
};
const look = () => { said.textContent = ''; pending = find(); };
box.addEventListener('input', (event) => { if (!event.isComposing) look(); });
box.addEventListener('compositionend', look);
element.querySelector('#hotline-policy')?.addEventListener('change', look);
const first = element.querySelector('#hotline-policy')?.value;
const next = () => {  // nothing of a caller stays, whether the server answers or not
  box.value = '';
  hits.textContent = '';
  if (first) element.querySelector('#hotline-policy').value = first;
  look();
  box.focus();
};
element.querySelector('#hotline-next').addEventListener('click', next);
const copyChosen = async () => {
  await pending;  // never the clause of the words before
  const hit = all()[at];
  if (!hit) return;
  await window.mingce.copy(hit.dataset.copied);
  said.textContent = window.mingce.copied;
};
element.addEventListener('keydown', (event) => {
  if (event.isComposing) return;
  if (event.key === 'Escape') { event.preventDefault(); next(); return; }
  if (event.target !== box) return;
  if (event.key === 'ArrowDown') { event.preventDefault(); choose(at + 1); }
  else if (event.key === 'ArrowUp') { event.preventDefault(); choose(at - 1); }
  else if (event.key === 'Enter') { event.preventDefault(); copyChosen(); }
  else if (event.key === 'Tab' && !event.shiftKey) {
    const field = all()[at]?.querySelector('.calculator input');
    if (field) { event.preventDefault(); field.focus(); }
  }
});
element.addEventListener('submit', (event) => event.preventDefault());
const turns = new WeakMap();
element.addEventListener('input', async (event) => {
  const form = event.target.closest('.calculator');
  if (!form) return;
  const turn = (turns.get(form) ?? 0) + 1;
  turns.set(form, turn);
  const html = await server.compute({ ...form.dataset, typed: Object.fromEntries(new FormData(form)) }).catch(() => null);
  if (turns.get(form) !== turn) return;  // a later figure is on its way
  form.querySelector('.result').innerHTML = html ?? '';
  if (html === null) said.textContent = window.mingce.lost;
});
