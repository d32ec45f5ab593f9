/**
 * What a live page runs: it follows the stream of events, puts what changed in the place of what was there, and shows
 * whether it is connected. In the page itself, allowed by its hash. It knows no dashboard: all that it shows was made by
 * the server. `fetch` and not `EventSource`, since that sends no header by which a caller could say who it is.
 */
export const liveScript = `
'use strict'
const keyName = 'omni-dashboards-key'
const firstPause = 500, longestPause = 15000, silence = 40000
const byId = id => document.getElementById(id)
const signsIn = byId('live-sign-in') !== null
let following = new AbortController()

const headers = more => {
  const key = sessionStorage.getItem(keyName)
  return key ? {...more, Authorization: 'Bearer ' + key} : more
}

const showState = (state, text) => {
  const line = byId('live-state')
  if (line === null) return
  line.dataset.state = state
  if (line.textContent !== text) line.textContent = text
}

const showTimes = () => {
  for (const time of document.querySelectorAll('#live-read-at')) time.textContent = new Date(time.dateTime).toLocaleString()
}

const showProblem = problem => {
  const line = byId('live-problem')
  line.hidden = problem === null
  line.textContent = problem === null ? '' : 'This is as it was last read. ' + problem
}

/* Where somebody reads a table, they go on reading it. */
const reachable = 'summary, .scroll, a'
const keptState = element => ({
  open: [...element.querySelectorAll('details')].map(each => each.open),
  scroll: [...element.querySelectorAll('.scroll')].map(each => [each.scrollLeft, each.scrollTop]),
  focus: [...element.querySelectorAll(reachable)].indexOf(document.activeElement),
})
const restore = (element, {open, scroll, focus}) => {
  element.querySelectorAll('details').forEach((each, index) => { each.open = open[index] === true })
  element.querySelectorAll('.scroll').forEach((each, index) => each.scrollTo(...(scroll[index] ?? [0, 0])))
  if (focus >= 0) element.querySelectorAll(reachable)[focus]?.focus({preventScroll: true})
}

const replace = (id, html) => {
  const old = byId(id)
  if (old === null) return
  const state = keptState(old)
  if (id.startsWith('live-')) {
    old.innerHTML = html
    restore(old, state)
    return
  }
  const template = document.createElement('template')
  template.innerHTML = html
  const fresh = template.content.firstElementChild
  fresh.classList.add('live-changed')
  old.replaceWith(fresh)
  restore(fresh, state)
}

const apply = ({version, read_at, problem, fragments}) => {
  for (const [id, html] of Object.entries(fragments)) replace(id, html)
  showProblem(problem)
  byId('live-read-at').dateTime = read_at
  showTimes()
  byId('live').dataset.version = version
}

/* Server-Sent Events: lines, and an empty line after each event. */
const readEvents = async (body, onEvent, onLife) => {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const {done, value} = await reader.read()
    if (done) return
    onLife()
    text += value
    const events = text.split('\\n\\n')
    text = events.pop()
    for (const event of events) {
      const data = event.split('\\n').filter(line => line.startsWith('data: ')).map(line => line.slice(6))
      if (data.length > 0) onEvent(JSON.parse(data.join('\\n')))
    }
  }
}

const wait = (time, signal) => new Promise(resolve => {
  const end = () => { clearTimeout(timer); removeEventListener('online', end); resolve() }
  const timer = setTimeout(end, time)
  addEventListener('online', end)
  signal.addEventListener('abort', end, {once: true})
})

const connectOnce = async (place, signal, onEvent) => {
  const attempt = new AbortController()
  const stop = () => attempt.abort()
  signal.addEventListener('abort', stop, {once: true})
  let quiet
  const onLife = () => { clearTimeout(quiet); quiet = setTimeout(stop, silence) }
  onLife()
  try {
    const answer = await fetch(place.dataset.events + location.search, {
      headers: headers({Accept: 'text/event-stream', 'Last-Event-ID': place.dataset.version}),
      signal: attempt.signal,
      cache: 'no-store',
    })
    if (!answer.ok) return answer.status
    showState('live', 'Live')
    await readEvents(answer.body, onEvent, onLife)
    return 200
  } catch {
    return 0
  } finally {
    clearTimeout(quiet)
    stop()
    signal.removeEventListener('abort', stop)
  }
}

const follow = async () => {
  following.abort()
  following = new AbortController()
  const {signal} = following
  const place = byId('live')
  if (place === null) return
  let pause = firstPause
  while (!signal.aborted) {
    showState('waiting', 'Connecting')
    const status = await connectOnce(place, signal, event => { pause = firstPause; if (!signal.aborted) apply(event) })
    if (signal.aborted) return
    if (status === 401 && signsIn) return location.reload()
    if (status >= 400 && status < 500 && status !== 429) return showState('away', 'Not followed: the server refuses it')
    showState('away', 'Connection lost. This is as it was; trying again')
    await wait(status === 200 ? 50 : pause * (0.75 + Math.random() / 2), signal)
    pause = Math.min(longestPause, status === 200 ? firstPause : pause * 2)
  }
}

const show = ({title, html}) => {
  const focused = document.activeElement?.id
  document.title = title
  document.body.innerHTML = html
  if (focused) byId(focused)?.focus({preventScroll: true})
  begin()
}

/* Another selection of the same page, or the page itself where somebody had to say first who they are. */
const load = async () => {
  const answer = await fetch(location.href, {headers: headers({Accept: 'application/json'}), cache: 'no-store'})
  const body = await answer.json()
  if (answer.ok) show(body)
  return {status: answer.status, problem: body.detail}
}

const reload = async () => {
  showState('waiting', 'Reading')
  try {
    const {problem} = await load()
    if (!problem) return
    following.abort()
    showState('away', 'Not followed')
    showProblem(problem)
  } catch {
    location.reload()
  }
}

const begin = () => {
  showTimes()
  byId('live-controls')?.addEventListener('submit', event => {
    event.preventDefault()
    const chosen = [...new FormData(event.target)].filter(([, value]) => value !== '')
    const query = new URLSearchParams(chosen).toString()
    history.pushState(null, '', location.pathname + (query === '' ? '' : '?' + query))
    reload()
  })
  follow()
}

addEventListener('popstate', reload)

const signIn = async first => {
  try {
    const {status, problem} = await load()
    if (status === 200) return
    if (status === 401) sessionStorage.removeItem(keyName)
    if (first && status === 401) return
    byId('live-sign-problem').textContent = problem
  } catch {
    byId('live-sign-problem').textContent = 'The server does not answer.'
  }
  byId('live-sign-problem').hidden = false
}

if (signsIn) {
  byId('live-sign-form').addEventListener('submit', event => {
    event.preventDefault()
    const key = byId('live-key').value.trim()
    if (key === '') sessionStorage.removeItem(keyName)
    else sessionStorage.setItem(keyName, key)
    signIn(false)
  })
  if (sessionStorage.getItem(keyName) !== null) signIn(true)
} else begin()
`
