import { parseUrl } from '../../layers/core/src/parse-url.ts';

it.each([
  { text: 'http://bücher.example/größe', href: 'http://xn--bcher-kva.example/gr%C3%B6%C3%9Fe' },
  { text: 'http://日本.example/', href: 'http://xn--wgv71a.example/' },
  { text: 'größe?x', base: 'http://a.example/b', href: 'http://a.example/gr%C3%B6%C3%9Fe?x' },
  { text: '//ü.example', base: new URL('https://a/'), href: 'https://xn--tda.example/' },
  { text: 'http://h:99999', href: undefined },
  { text: 'größe', href: undefined },
  { text: '', href: undefined },
])('$text is $href', ({ base, href, text }) => expect(parseUrl(text, base)?.href).toBe(href));
