import {otherColour, seriesColours} from './palette.ts'

const series = (scheme: 'light' | 'dark') =>
  [
    ...seriesColours.map((colour, index) => `--series-${index}:${colour[scheme]}`),
    `--other:${otherColour[scheme]}`,
  ].join(';')

/** Text has a contrast of 4.5 : 1 or more on what it stands on (WCAG 2.2, 1.4.3). */
const light = `--paper:#ffffff;--ground:#f3f4f6;--ink:#14181d;--soft:#535b65;--line:#dde1e6;--edge:#e2e5ea;--good:#00614a;--good-tint:#e2f3ec;--bad:#9c2f00;--bad-tint:#fdebe1;--plain-tint:#eceef1;--badge:#fff1cc;${series('light')}`
const dark = `--paper:#1a1e23;--ground:#101316;--ink:#eceef0;--soft:#aab2bb;--line:#333a42;--edge:#2a3037;--good:#45d6a8;--good-tint:#10322a;--bad:#f7a35c;--bad-tint:#3b2414;--plain-tint:#2a3037;--badge:#4a3a00;${series('dark')}`

const columns = (count: number) => `grid-template-columns:repeat(${count},minmax(0,1fr))`

/** All of the page's style: its hash is in the page's policy. From a phone's 390 pixels to a wall's 3840. */
export const style = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.45 system-ui,sans-serif;--gap:12px}
header,main,footer{padding:0 clamp(12px,2vw,36px)}
header{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:flex-end;gap:6px 32px;padding-top:18px}
header>div{flex:1 1 0;min-width:min(100%,420px)}header>div:first-child{flex-grow:1.3}
h1{display:inline;font-size:1.65rem;line-height:1.25;letter-spacing:-.01em;margin:0 8px 0 0;overflow-wrap:anywhere}
h2{font-size:1rem;line-height:1.3;margin:0;overflow-wrap:anywhere}
p{margin:0}
.soft{color:var(--soft)}
.note{color:var(--soft);font-size:.82rem}
.sample,.source{display:inline-block;border-radius:99px;padding:1px 11px;font-size:.82rem;vertical-align:.22em;background:var(--plain-tint);overflow-wrap:anywhere}
.sample{background:var(--badge);font-weight:600}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.figures,.panels{display:grid;gap:var(--gap);margin:var(--gap) 0}
.figures{${columns(2)};grid-auto-rows:auto}
.panels{${columns(1)}}
section{position:relative;display:flex;flex-direction:column;gap:8px;background:var(--paper);border:1px solid var(--edge);border-radius:12px;padding:14px 16px 8px;min-width:0}
.figures>section{grid-row:span 4}
.figure{display:grid;grid-template-rows:subgrid;row-gap:0;align-items:start}
.figure h2{font-size:.88rem;font-weight:500;color:var(--soft)}
.figure .number{container-type:inline-size;text-align:left;margin:2px 0 6px}
.value{font-weight:650;line-height:1.15;letter-spacing:-.02em;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.short .value{font-size:clamp(1.3rem,19cqi,2.3rem)}.long .value{font-size:clamp(1.2rem,15cqi,2.3rem)}.longer .value{font-size:clamp(1.1rem,12.6cqi,2.3rem)}.longest .value{font-size:clamp(.9rem,8.8cqi,2.1rem)}
.change{font-size:.84rem}
.chip{display:inline-block;border-radius:6px;padding:0 7px;margin-bottom:3px;font-weight:600;background:var(--plain-tint)}
.better{color:var(--good);background:var(--good-tint)}.worse{color:var(--bad);background:var(--bad-tint)}
.absent{border-style:dashed}
.nothing{color:var(--soft);padding:48px 0;text-align:center}
.chart svg{display:block;width:100%;height:auto;overflow:visible}
.narrow{display:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 16px;margin:0;padding:0;font-size:.84rem;overflow-wrap:anywhere}
.legend svg{width:24px;height:11px;vertical-align:-1px;margin-right:6px}.legend .block{width:11px}
.bar-list{container-type:inline-size}
.bar-list th[scope=row]{font-weight:400}.line{white-space:nowrap}.lines{min-width:11em;overflow-wrap:anywhere}
.bar-list td,.bar-list th{vertical-align:middle;padding-top:5px;padding-bottom:5px}
.bar-list .number{white-space:nowrap;width:1%;padding-left:14px;padding-right:0}
.bar-list thead .number{white-space:normal;min-width:5.6em}
.bar-list .bar{min-width:54px;width:100%}
.bar svg{display:block;width:100%;height:14px}
@container (max-width:620px){.beside-2{display:none}}
@container (max-width:520px){.beside-1{display:none}}
@container (max-width:420px){.beside-0{display:none}}
details{margin-top:auto}
summary{cursor:pointer;width:fit-content;padding:3px 2px;font-size:.82rem;color:var(--soft)}
summary h2{display:inline}
summary:hover{color:var(--ink)}
summary:focus-visible,a:focus-visible,.scroll:focus-visible{outline:3px solid var(--series-0);outline-offset:2px;border-radius:4px}
a{color:var(--series-0)}
details p{font-size:.86rem;padding:5px 0}
.scroll{overflow:auto}details .scroll{max-height:320px}#definitions .scroll{max-height:none}
table{border-collapse:collapse;width:100%;font-size:.86rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--edge);vertical-align:top}
tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--soft);font-weight:500;font-size:.8rem;vertical-align:bottom}
td.number,th.number{text-align:right}
footer{padding-bottom:28px}
footer section{margin-bottom:var(--gap)}
@media (max-width:600px){.narrow{display:block}.wide{display:none}.figures>:last-child:nth-child(odd){grid-column:1/-1}}
@media (min-width:600px){.figures{${columns(3)}}.figures.of-2{${columns(2)}}.figures:is(.of-4,.of-7,.of-8){${columns(4)}}}
@media (min-width:760px){.panels{${columns(2)}}.panels>.breakdown:last-child:nth-child(odd){grid-column:1/-1}.about{text-align:right}}
@media (min-width:1100px){.figures.of-5{${columns(5)}}.figures.of-6{${columns(6)}}}
@media (min-width:1600px){body{font-size:16px;--gap:14px}.panels:not(.of-1,.of-2,.of-4){${columns(3)}}.panels:not(.of-4)>.breakdown:last-child{grid-column:auto}.panels:not(.of-4)>.breakdown:last-child:nth-child(3n+1){grid-column:1/-1}.panels:not(.of-2)>.breakdown:last-child:nth-child(3n+2){grid-column:span 2}}
@media (min-width:2500px){body{font-size:20px;--gap:20px}}
@page{size:A4;margin:14mm 12mm 18mm;@bottom-right{content:counter(page) " / " counter(pages);font:9pt system-ui,sans-serif;color:#50575f}}
@media print{:root{color-scheme:light;${light}}body{background:#fff;font-size:10.5pt}header,main,footer{padding:0}
.panels,footer{display:block}.panels>section,footer>section{display:block;margin-bottom:12px}.figures{${columns(3)}}
.narrow{display:none}.wide{display:block}.chart,.legend,.value{break-inside:avoid}h1,h2,.legend{break-after:avoid}
.figures section{break-inside:avoid}
details::details-content{content-visibility:visible;block-size:auto}details .scroll{max-height:none;overflow:visible}summary{list-style:none;break-after:avoid}
thead{display:table-header-group}tr{break-inside:avoid}a[download]{display:none}}
`

/** The page's colours by day, by the names of their variables, for what knows no variables. */
export const lightColours: ReadonlyMap<string, string> = new Map(
  (/:root\{([^}]*)\}/.exec(style)?.[1] ?? '').split(';').map(each => {
    const [name = '', value = ''] = each.split(':')
    return [name, value]
  }),
)
