// Runs in every panel: what is clicked or sent inside becomes one event with the data of its element:
// 'file' where a file is wanted, 'act' for all else.
const act = (data) => trigger(data.do === 'export' ? 'file' : 'act', data);
const own = (target, selector) => {
  const found = target.closest(selector);
  return found && element.contains(found) ? found : null;
};
element.addEventListener('click', (event) => {
  const found = own(event.target, '[data-do]');
  if (!found || found.tagName === 'FORM' || found.tagName === 'INPUT') return;
  if (found.tagName === 'A') event.preventDefault();
  act({ ...found.dataset });
});
element.addEventListener('submit', (event) => {
  const form = own(event.target, 'form[data-do]');
  if (!form) return;
  event.preventDefault();
  if (form.dataset.do !== 'fill') {
    act({ ...form.dataset, ...Object.fromEntries(new FormData(form)) });
    form.reset();
    form.closest('details')?.removeAttribute('open');
  }
});
// A form that is filled in: every change sends all of it, on top of what it held before.
const filled = (form) => {
  const profile = JSON.parse(form.dataset.profile);
  const events = [...form.querySelectorAll('input[data-event]')];
  if (events.length) profile.events = events.filter((box) => box.checked).map((box) => box.dataset.event);
  for (const field of form.querySelectorAll('[data-key]')) {
    const key = field.dataset.key;
    const boxes = [...field.querySelectorAll('input')];
    const type = field.dataset.type;
    if (type === 'number') {
      const typed = boxes[0].value.trim();
      if (typed) profile.answers[key] = typed; else delete profile.answers[key];
      continue;
    }
    const on = boxes.filter((box) => box.checked).map((box) => box.value);
    if (!on.length) delete profile.answers[key];
    else if (type === 'flag') profile.answers[key] = on[0] === 'yes';
    else profile.answers[key] = on.includes('') ? [] : on;
  }
  return profile;
};
element.addEventListener('change', (event) => {
  const form = own(event.target, 'form[data-do="fill"]');
  if (!form) return;
  const box = event.target;
  if (box.type === 'checkbox' && box.name) {  // none of them, and one of them, exclude each other
    for (const other of form.querySelectorAll(`input[name="${CSS.escape(box.name)}"]`))
      if (other !== box && (box.value === '' || other.value === '')) other.checked = false;
  }
  act({ do: 'fill', profile: JSON.stringify(filled(form)) });
});
// The markup is merged in place: what a user last touched keeps the focus, and boxes show what the server says.
let touched = null;
element.addEventListener('focusin', (event) => { touched = event.target.id || null; });
watch('value', () => {
  const kept = touched && element.querySelector(`#${CSS.escape(touched)}`);
  for (const box of element.querySelectorAll('form[data-do="fill"] input')) {
    if (box.type === 'text') { if (box !== kept) box.value = box.getAttribute('value') ?? ''; }
    else box.checked = box.hasAttribute('checked');
  }
  if (kept && element.contains(document.activeElement) && document.activeElement !== kept) kept.focus();
  element.dispatchEvent(new CustomEvent('rendered', { bubbles: true }));
});
