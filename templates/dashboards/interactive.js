/* Draws the charts of a dashboard's page with ECharts, over the pictures that are there without a script. */
;(() => {
  const {charts} = JSON.parse(document.getElementById('dashboard-charts').textContent)
  const colourOf = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
  const numbers = {
    percent: new Intl.NumberFormat('en', {style: 'percent', maximumFractionDigits: 1}),
    compact: new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1}),
  }

  const lineOf = (each, colour) => ({
    type: 'line',
    data: each.values,
    showSymbol: each.values.length <= 40,
    symbolSize: 5,
    lineStyle: {color: colour, width: 2, type: each.dash ?? 'solid'},
    itemStyle: {color: colour},
    connectNulls: false,
  })

  /** What ECharts draws of one of ours; a band is a line that is not seen, and the area between it and the next. */
  const seriesOf = (each, index) => {
    const colour = colourOf(each.colour)
    const named = {name: `s${index}`, animation: false, emphasis: {disabled: true}}
    const at = {our: index}
    if (each.type === 'band') {
      const shared = {
        ...named,
        type: 'line',
        symbol: 'none',
        stack: `band${index}`,
        stackStrategy: 'all',
        lineStyle: {opacity: 0},
      }
      const height = each.upper.map((upper, step) => (upper === null ? null : upper - each.lower[step]))
      return [
        {...shared, data: each.lower, our: at, silent: true},
        {...shared, data: height, areaStyle: {color: colour, opacity: each.opacity}, our: at, silent: true},
      ]
    }
    if (each.type === 'points') {
      return [{...named, type: 'scatter', data: each.values, symbolSize: 12, itemStyle: {color: colour}, our: at}]
    }
    if (each.type === 'bar') {
      const stack = each.stack ? {stack: 'all'} : {}
      return [{...named, type: 'bar', data: each.values, itemStyle: {color: colour}, ...stack, our: at}]
    }
    return [{...named, ...lineOf(each, colour), our: at}]
  }

  /** A box of text nodes: nothing in it is markup, and it needs no inline style of its own. */
  const tooltipOf = (chart, owners) => items => {
    const [first] = items
    const box = document.createElement('div')
    const head = document.createElement('strong')
    head.textContent = chart.labels[first.dataIndex] ?? ''
    box.append(head)
    const told = new Set()
    for (const {seriesIndex, dataIndex} of items) {
      const owner = owners[seriesIndex]
      const text = chart.series[owner].texts[dataIndex]
      if (told.has(owner) || text === undefined || text === '') continue
      told.add(owner)
      const line = document.createElement('div')
      line.textContent = `${chart.series[owner].title}: ${text}`
      box.append(line)
    }
    return box
  }

  const optionOf = chart => {
    const drawn = chart.series.map(seriesOf)
    const owners = drawn.flatMap((each, index) => each.map(() => index))
    const soft = colourOf('soft')
    const label = {color: soft, fontSize: 12}
    const names = {
      type: 'category',
      data: chart.labels,
      axisLabel: {...label, hideOverlap: true},
      inverse: chart.horizontal,
    }
    const values = {
      type: 'value',
      axisLabel: {...label, formatter: value => numbers[chart.format].format(value)},
      splitLine: {lineStyle: {color: colourOf('line')}},
    }
    return {
      animation: false,
      backgroundColor: 'transparent',
      grid: {left: 8, right: 16, top: 16, bottom: 8, containLabel: true},
      legend: {show: false},
      tooltip: {
        trigger: 'axis',
        axisPointer: {type: chart.horizontal ? 'shadow' : 'line'},
        formatter: tooltipOf(chart, owners),
        backgroundColor: colourOf('paper'),
        borderColor: colourOf('line'),
        textStyle: {color: colourOf('ink')},
        confine: true,
      },
      xAxis: chart.horizontal ? values : names,
      yAxis: chart.horizontal ? names : values,
      series: drawn.flat().map(({our: _our, ...each}) => each),
    }
  }

  /** Each word of the legend becomes a button that hides its series and shows it again. */
  const bindLegend = (section, chart, instance) => {
    const items = [...section.querySelectorAll('.legend li')]
    chart.series.forEach((each, index) => {
      const item = each.legend === null ? undefined : items[each.legend]
      if (item === undefined) return
      const button = document.createElement('button')
      button.type = 'button'
      button.setAttribute('aria-pressed', 'true')
      button.append(...item.childNodes)
      button.addEventListener('click', () => {
        const shown = button.getAttribute('aria-pressed') !== 'true'
        button.setAttribute('aria-pressed', String(shown))
        instance.dispatchAction({type: shown ? 'legendSelect' : 'legendUnSelect', name: `s${index}`})
      })
      item.append(button)
    })
  }

  for (const chart of charts) {
    const section = document.getElementById(chart.id)
    const pictures = [...(section?.querySelectorAll('.chart') ?? [])]
    if (pictures.length === 0) continue
    const box = document.createElement('div')
    box.className = 'interactive'
    box.setAttribute('role', 'img')
    box.setAttribute('aria-label', pictures[0].getAttribute('aria-label') ?? '')
    box.style.height = `${chart.horizontal ? Math.max(90, chart.labels.length * 34 + 40) : 260}px`
    pictures[0].before(box)
    try {
      const instance = echarts.init(box, null, {renderer: 'canvas'})
      instance.setOption({
        ...optionOf(chart),
        legend: {show: false, data: chart.series.map((_each, index) => `s${index}`)},
      })
      bindLegend(section, chart, instance)
      new ResizeObserver(() => instance.resize()).observe(box)
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => instance.setOption(optionOf(chart)))
      for (const picture of pictures) picture.hidden = true
    } catch (error) {
      box.remove()
      console.warn(error)
    }
  }
})()
