/** The page's look, by day, by night and on paper. The colours of outcomes differ in lightness too, for those who see few colours. */
export const reportStyle = `
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --paper: #fff; --line: #d8dde4; --plain: #2f6db3;
  --confirmed: #1f7a4d; --misread: #d6453d; --stale: #eb9c2c; --other: #8a6fc0; --withdrawn: #9fb3c8; --open: #d5dae1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #9aa5b4; --paper: #12161c; --line: #2d3540; --plain: #6ba6e8;
  --confirmed: #3fae78; --misread: #f0736b; --stale: #f2b45c; --other: #ab95dc; --withdrawn: #5d7389; --open: #3a4350; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1rem 0 0; } p { color: var(--dim); margin: .3rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; margin-top: 1.5rem; }
.tiles div { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; }
.tiles b { display: block; font-size: 1.8rem; font-variant-numeric: tabular-nums; } .tiles span { color: var(--dim); }
svg { width: 100%; height: auto; margin: .6rem 0; } svg text { font-size: 12px; fill: var(--ink); } svg line { stroke: var(--line); }
.plain { fill: var(--plain); } .confirmed { fill: var(--confirmed); background: var(--confirmed); }
.misread { fill: var(--misread); background: var(--misread); } .stale-entry { fill: var(--stale); background: var(--stale); }
.other { fill: var(--other); background: var(--other); } .withdrawn { fill: var(--withdrawn); background: var(--withdrawn); }
.open { fill: var(--open); background: var(--open); }
.legend i { display: inline-block; width: .8em; height: .8em; border-radius: .15em; margin: 0 .35em 0 .9em; vertical-align: -.05em; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .5rem 0; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--dim); font-weight: 600; } .n { text-align: right; font-variant-numeric: tabular-nums; }
@media print { section { break-inside: avoid; } body { margin: 0; } }
`;
