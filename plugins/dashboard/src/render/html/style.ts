import {otherColour, seriesColours} from './palette.ts'

const colours = (scheme: 'light' | 'dark') =>
  [
    ...seriesColours.map((colour, index) => `--series-${index}:${colour[scheme]}`),
    `--other:${otherColour[scheme]}`,
  ].join(';')

/** All of the page's style: its hash is in the page's policy. From a phone's 390 pixels to a wall's 3840. */
export const style = `
:root{color-scheme:light dark;--paper:#ffffff;--ground:#f4f5f7;--ink:#16191d;--soft:#50575f;--line:#d6dadf;--good:#00664d;--bad:#a83200;--badge:#fff1cc;${colours('light')}}
@media (prefers-color-scheme:dark){:root{--paper:#1b1f24;--ground:#111417;--ink:#eceef0;--soft:#b0b7bf;--line:#3a4149;--good:#2fc99a;--bad:#f0943e;--badge:#4a3a00;${colours('dark')}}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.45 system-ui,sans-serif}
header,main,footer{padding:0 clamp(12px,2vw,40px)}
header{padding-top:20px}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:1rem;margin:0 0 6px;overflow-wrap:anywhere}
p{margin:0 0 6px}
.soft{color:var(--soft)}
.sample{display:inline-block;background:var(--badge);border:1px solid var(--line);border-radius:6px;padding:2px 10px;font-weight:600;margin:4px 0}
.figures,.panels{display:grid;gap:14px;margin:14px 0}
.figures{grid-template-columns:repeat(auto-fit,minmax(min(100%,210px),1fr))}
.panels{grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr))}
section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:14px 16px;min-width:0}
.value{font-size:1.9rem;font-weight:650;line-height:1.2;overflow-wrap:anywhere}
.good{color:var(--good)}.bad{color:var(--bad)}
.chart svg{display:block;width:100%;height:auto;overflow:visible}
.narrow{display:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 16px;margin:0 0 6px;padding:0;font-size:.86rem;overflow-wrap:anywhere}
.legend svg{width:26px;height:12px;vertical-align:middle;margin-right:6px}
summary{cursor:pointer;padding:5px 2px;font-size:.9rem;color:var(--soft)}
summary:focus-visible,a:focus-visible,.scroll:focus-visible{outline:3px solid var(--series-0);outline-offset:2px;border-radius:4px}
a{color:var(--series-0)}
.scroll{overflow:auto}details .scroll{max-height:320px}
table{border-collapse:collapse;width:100%;font-size:.86rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}
.number{text-align:right}
footer{padding-bottom:30px}
footer section{margin-bottom:14px}
@media (max-width:600px){.narrow{display:block}.wide{display:none}.value{font-size:1.6rem}}
@media (min-width:1800px){body{font-size:18px}}
@page{size:A4;margin:14mm 12mm 18mm;@bottom-right{content:counter(page) " / " counter(pages);font:9pt system-ui,sans-serif;color:#50575f}}
@media print{body{background:#fff;font-size:10.5pt}header,main,footer{padding:0}
.panels,footer{display:block}.panels>section,footer>section{margin-bottom:12px}.figures{grid-template-columns:repeat(3,1fr)}
.narrow{display:none}.wide{display:block}.chart,.legend,.value{break-inside:avoid}h1,h2,.legend{break-after:avoid}
.figures section{break-inside:avoid}
details::details-content{content-visibility:visible}details .scroll{max-height:none;overflow:visible}summary{list-style:none;break-after:avoid}
thead{display:table-header-group}tr{break-inside:avoid}a[download]{display:none}}
`

/** The page's colours by day, by the names of their variables, for what knows no variables. */
export const lightColours: ReadonlyMap<string, string> = new Map(
  (/:root\{([^}]*)\}/.exec(style)?.[1] ?? '').split(';').map(each => {
    const [name = '', value = ''] = each.split(':')
    return [name, value]
  }),
)
