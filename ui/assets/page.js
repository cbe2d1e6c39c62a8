// What every page needs: light and dark, copying, downloads, printing, links from the answer to its source.
(() => {
  const KEY = 'mingce.theme';
  const chosen = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const dark = () => (chosen() ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const paint = () => {
    const on = dark();
    document.documentElement.classList.toggle('dark', on);
    document.body?.classList.toggle('dark', on);
  };
  const copied = () => (document.documentElement.lang === 'en' ? 'Copied' : '已复制');
  const lost = () => (document.documentElement.lang === 'en' ? 'No connection to the server' : '没有连上服务器');
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) {
      try { await navigator.clipboard.writeText(text); return; } catch { /* no permission: the old way below */ }
    }
    const area = document.createElement('textarea');
    const before = document.activeElement;
    area.value = text;
    area.setAttribute('aria-hidden', 'true');
    area.className = 'hidden';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    before?.focus();
  };
  const download = (selector) => {
    const box = document.querySelector(selector);
    const link = box?.matches('a, button') ? box : box?.querySelector('a, button');
    link?.click();
  };
  // What this browser keeps: a tab has its own open conversation and its own form, all tabs share the list of conversations.
  const memory = new Map();  // where storage is full or closed to us: kept for this page only
  const read = (box, name) => {
    try { return JSON.parse(memory.get(name) ?? box.getItem(`mingce.${name}`)); } catch { return null; }
  };
  const write = (box, name, value) => {
    const text = JSON.stringify(value);
    try { box.setItem(`mingce.${name}`, text); memory.delete(name); } catch { memory.set(name, text); }
  };
  const stored = {
    chats: () => JSON.stringify({ open: read(sessionStorage, 'chat') ?? '', chats: read(localStorage, 'chats') ?? [] }),
    form: () => JSON.stringify(read(sessionStorage, 'form') ?? read(localStorage, 'form') ?? null),
  };
  const keep = {
    chats: (text) => {
      if (!text) return;
      const { open, chats, dropped } = JSON.parse(text);
      const mine = chats.filter((chat) => chat.id === open);
      const rest = (read(localStorage, 'chats') ?? []).filter((chat) => chat.id !== open && chat.id !== dropped);
      write(localStorage, 'chats', [...mine, ...rest].slice(0, 20));
      write(sessionStorage, 'chat', open);
    },
    form: (text) => {
      if (!text) return;
      write(sessionStorage, 'form', JSON.parse(text));
      write(localStorage, 'form', JSON.parse(text));
    },
  };
  // Before an event goes out: the last of its inputs is what the browser keeps now.
  const live = (name, count) => (...values) => [...values.slice(0, count - 1), stored[name]()];
  let asked = '';
  const fill = (text) => {
    const area = document.querySelector('#question textarea');
    if (!area) return;
    area.value = text;
    area.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const asking = (count) => (...values) => {
    asked = values[0];
    fill('');  // at once, so that nothing of the next question is wiped out by the answer to this one
    return live('chats', count)(...values);
  };
  window.mingce = { copy, download, live, asking, keep, sent: null, get copied() { return copied(); }, get lost() { return lost(); } };
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of document.querySelectorAll('details.menu[open]')) { menu.removeAttribute('open'); menu.querySelector('summary').focus(); }
  });
  document.addEventListener('click', async (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest('[data-theme-switch]')) {
      try { localStorage.setItem(KEY, dark() ? 'light' : 'dark'); } catch { /* private window: for this page only */ }
      paint();
      return;
    }
    const button = target.closest('[data-copy]');
    if (button) {
      await copy(button.dataset.copy);
      const caption = button.textContent;
      if (caption !== copied()) { button.textContent = copied(); setTimeout(() => { button.textContent = caption; }, 1500); }
      return;
    }
    if (target.closest('[data-print]')) { window.print(); return; }
    const to = target.closest('[data-to]');
    if (to) setTimeout(() => {
      const source = document.getElementById(to.dataset.to);
      source?.scrollIntoView({ behavior: 'smooth', block: 'nearest' });
      source?.focus({ preventScroll: true });
      source?.classList.add('flash');
      setTimeout(() => source?.classList.remove('flash'), 1600);
    }, 250);
    for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(target)) menu.removeAttribute('open');
  });
  document.addEventListener('rendered', (event) => {
    if (event.target.closest('#thread') === null) return;
    const last = event.target.querySelector('.turn:last-child');
    last?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  });
  // The open desk stands in the address, so that it can be bookmarked and survives a reload.
  const PREFIX = 'desk-', SUFFIX = '-button';
  const tabOf = (name) => document.getElementById(PREFIX + name + SUFFIX);
  document.addEventListener('click', (event) => {
    const tab = event.target instanceof Element && event.target.closest('[role="tab"]');
    if (!tab?.id.startsWith(PREFIX)) return;
    const url = new URL(location.href);
    url.searchParams.set('desk', tab.id.slice(PREFIX.length, -SUFFIX.length));
    history.replaceState(history.state, '', url);
  });
  const openDesk = (tries = 100) => {
    const wanted = new URLSearchParams(location.search).get('desk');
    const tab = wanted && tabOf(wanted);
    if (tab) { if (tab.getAttribute('aria-selected') !== 'true') tab.click(); }
    else if (wanted && tries) setTimeout(() => openDesk(tries - 1), 50);
  };
  // Gradio says these few words in English whatever the page's language is.
  const SAID = { Error: '出错', Warning: '注意', Info: '提示', Success: '完成' };
  const LOST = /^Connection to the server was lost/, LOST_ZH = '与服务器的连接断了，正在重连；恢复后再问一次即可，对话不会丢。';
  const BACK = /^Connection re-?established/i, BACK_ZH = '已重新连上。';
  const translate = () => {
    const lost = [...document.querySelectorAll('.toast-message-text')].some((line) => LOST.test(line.textContent.trim()));
    const box = document.querySelector('#question textarea');
    if (lost && asked && box && !box.value && !document.querySelector('.waiting')) fill(asked);
    if (lost) asked = '';
    if (document.documentElement.lang === 'en') return;
    for (const title of document.querySelectorAll('.toast-title')) {
      const text = title.textContent.trim();
      if (SAID[text]) title.textContent = SAID[text];
    }
    for (const line of document.querySelectorAll('.toast-message-text')) {
      const text = line.textContent.trim();
      if (LOST.test(text)) line.textContent = LOST_ZH;
      else if (BACK.test(text)) line.textContent = BACK_ZH;
    }
  };
  const start = () => {
    paint();
    openDesk();
    new MutationObserver((changes) => {
      if (changes.some((change) => change.target instanceof Element && change.target.closest('.toast-wrap'))) translate();
    }).observe(document.body, { childList: true, subtree: true });
    new MutationObserver(() => { if (document.body.classList.contains('dark') !== dark()) paint(); })
      .observe(document.body, { attributes: true, attributeFilter: ['class'] });
    const current = document.querySelector('.clause-block.current');
    (current?.querySelector('mark') ?? current)?.scrollIntoView({ block: 'center' });
  };
  paint();
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start); else start();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
})();
