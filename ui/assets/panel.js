// Runs in every panel: what is clicked or sent inside becomes one event with the data of its element:
// 'file' where a file is wanted, 'act' for all else.
const report = (data) => trigger(data.do === 'export' ? 'file' : 'act', data);
const own = (target, selector) => {
  const found = target.closest(selector);
  return found && element.contains(found) ? found : null;
};

// A form that is filled in: every change sends all of it, on top of what it held before.
const filled = (form) => {
  const profile = JSON.parse(form.dataset.profile);
  profile.events = [...form.querySelectorAll('input[data-event]')].filter((box) => box.checked).map((box) => box.dataset.event);
  for (const field of form.querySelectorAll('[data-key]')) {
    const key = field.dataset.key;
    const boxes = [...field.querySelectorAll('input')];
    if (field.dataset.type === 'number') {
      const typed = boxes[0].value.trim();
      if (typed) profile.answers[key] = typed; else delete profile.answers[key];
      continue;
    }
    const on = boxes.filter((box) => box.checked).map((box) => box.value);
    if (!on.length) delete profile.answers[key];
    else if (field.dataset.type === 'flag') profile.answers[key] = on[0] === 'yes';
    else profile.answers[key] = on.includes('') ? [] : on;
  }
  return profile;
};
const canonical = (profile) => JSON.stringify([[...profile.events].sort(), Object.entries(profile.answers).sort()]);

element.addEventListener('click', (event) => {
  const found = own(event.target, '[data-do]');
  if (!found || found.tagName === 'FORM' || found.tagName === 'INPUT') return;
  if (found.tagName === 'A') event.preventDefault();
  const data = { ...found.dataset };
  if (data.form) {  // what stands in the form now, not what the server heard of it last
    data.profile = JSON.stringify(filled(document.querySelector(data.form)));
    window.mingce.sent = null;
  }
  report(data);
});
element.addEventListener('submit', (event) => {
  const form = own(event.target, 'form[data-do]');
  if (!form) return;
  event.preventDefault();
  if (form.dataset.do === 'fill') return;
  report({ ...form.dataset, ...Object.fromEntries(new FormData(form)) });
  form.reset();
  form.closest('details')?.removeAttribute('open');
});
element.addEventListener('change', (event) => {
  const form = own(event.target, 'form[data-do="fill"]');
  if (!form) return;
  const box = event.target;
  if (box.type === 'checkbox' && box.name) {  // none of them, and one of them, exclude each other
    for (const other of form.querySelectorAll(`input[name="${CSS.escape(box.name)}"]`))
      if (other !== box && (box.value === '' || other.value === '')) other.checked = false;
  }
  const profile = filled(form);
  window.mingce.sent = canonical(profile);
  report({ do: 'fill', profile: JSON.stringify(profile) });
});

// The markup is merged in place: what a user last touched keeps the focus, what he opened stays open, and boxes show
// what the server says, unless a later change is on its way to it.
let touched = null;
const opened = new Set();
element.addEventListener('focusin', (event) => { touched = event.target.id || null; });
element.addEventListener('toggle', (event) => {
  if (event.target.id) opened[event.target.open ? 'add' : 'delete'](event.target.id);
}, true);
watch('value', () => {
  for (const id of opened) element.querySelector(`#${CSS.escape(id)}`)?.setAttribute('open', '');
  const kept = touched && element.querySelector(`#${CSS.escape(touched)}`);
  const form = element.querySelector('form[data-do="fill"]');
  if (form) {
    const known = canonical(JSON.parse(form.dataset.profile));
    if (window.mingce.sent === known) window.mingce.sent = null;
    if (!window.mingce.sent) {
      for (const box of form.querySelectorAll('input')) {
        if (box.type !== 'text') box.checked = box.hasAttribute('checked');
        else if (box !== document.activeElement) box.value = box.getAttribute('value') ?? '';
      }
    }
  }
  if (kept && element.contains(document.activeElement) && document.activeElement !== kept) kept.focus();
  element.dispatchEvent(new CustomEvent('rendered', { bubbles: true }));
});
