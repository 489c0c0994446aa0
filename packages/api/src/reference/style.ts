/** Of the reference page; light and dark by what the reader's system says, and no wider than a phone. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9e0, #3a4150); --soft: light-dark(#f5f6f8, #1b1f27); --quiet: light-dark(#545c6b, #a3adbd); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #12151b); color: light-dark(#1a1e26, #e6e9ef); display: grid; grid-template-columns: 15rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; border-right: 1px solid var(--line); padding: 1rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
main { padding: 1rem 2rem 4rem; max-width: 70rem; }
a { color: light-dark(#0a58ca, #8ab4ff); }
h1 { margin-top: 0; } h2 { margin: 2.5rem 0 .5rem; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: 0 1rem; }
summary { cursor: pointer; padding: .5rem 0; overflow-wrap: anywhere; }
summary span { color: var(--quiet); }
summary b { display: inline-block; min-width: 4.5rem; font-size: .85rem; }
.get { color: light-dark(#0b6b3a, #6fd39b); } .post { color: light-dark(#8a4b00, #f0b35a); } .delete { color: light-dark(#a51d2d, #ff9aa5); }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
table { table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); overflow-wrap: break-word; }
th:nth-child(1) { width: 26%; } th:nth-child(2) { width: 30%; } th:nth-child(3) { width: 5.5rem; }
pre { background: var(--soft); border-radius: .5rem; padding: .75rem; overflow: auto; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); } nav ul { columns: 2; } main { padding: 1rem; } th:nth-child(3), td:nth-child(3) { display: none; } }
`;
