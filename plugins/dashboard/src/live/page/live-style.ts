import {style} from '../../render/html/style.ts'

/** The style of a dashboard, and of what is around it where it is live. */
export const liveStyle = `${style}
.live-bar,.live-controls{display:flex;flex-wrap:wrap;gap:6px 18px;align-items:center;padding:8px clamp(12px,2vw,40px)}
.live-bar{background:var(--paper);border-bottom:1px solid var(--line);position:sticky;top:0;z-index:1}
.live-bar p{margin:0}
.live-state::before{content:'';display:inline-block;width:.7em;height:.7em;margin-right:7px;border-radius:50%;background:var(--soft)}
.live-state[data-state=live]::before{background:var(--good)}
.live-state[data-state=away]::before{background:var(--bad)}
.live-problem{margin:8px clamp(12px,2vw,40px);padding:8px 12px;border:2px solid var(--bad);border-radius:8px;background:var(--paper);overflow-wrap:anywhere}
.live-problem[hidden]{display:none}
.live-controls{padding-top:12px}
.live-controls label{display:grid;gap:2px;font-size:.86rem;min-width:0}
.live-controls input,.live-controls select,.live-controls button,.live-sign input,.live-sign button{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--soft);border-radius:6px;padding:5px 8px;max-width:100%;min-height:34px}
.live-controls button,.live-sign button{cursor:pointer;font-weight:600}
.live-controls>button,.live-controls>a{align-self:end}
.live-controls>a{padding:6px 2px}
input:focus-visible,select:focus-visible,button:focus-visible{outline:3px solid var(--series-0);outline-offset:2px}
.live-sign{max-width:34rem;margin:40px auto;display:grid;gap:10px;padding:0 16px}
.live-list{list-style:none;padding:0;display:grid;gap:14px;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr))}
@keyframes live-changed{from{border-color:var(--series-0)}}
@media (prefers-reduced-motion:no-preference){.live-changed{animation:live-changed 1s steps(1)}}
@media print{.live-bar,.live-controls{display:none}}
`
