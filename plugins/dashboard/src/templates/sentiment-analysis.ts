import {daysBefore, events} from '../sample/sample-table.ts'
import {counted, defineTemplate, share} from './define-template.ts'

/** How each topic is spoken of, from −1 to 1, and how much it is spoken of. */
const topics: Readonly<Record<string, {weight: number; mood: number}>> = {
  Product: {weight: 6, mood: 0.42},
  Delivery: {weight: 5, mood: 0.15},
  Support: {weight: 4, mood: 0.3},
  Price: {weight: 3, mood: -0.12},
  App: {weight: 3, mood: 0.08},
  Returns: {weight: 2, mood: -0.2},
}
const weights = Object.fromEntries(Object.entries(topics).map(([name, {weight}]) => [name, weight]))
/** The days on which a carrier did not deliver. */
const [strikeBegins, strikeEnds] = [17, 15]

export const sentimentAnalysis = defineTemplate({
  name: 'Sentiment Analysis',
  priority: 2,
  summary: 'How people speak of what you do, of what, where, and when that changed',
  tables: {
    feedback: {
      columns: {
        feedback_id: 'VARCHAR',
        received_at: 'TIMESTAMPTZ',
        channel: 'VARCHAR',
        topic: 'VARCHAR',
        language: 'VARCHAR',
        sentiment: 'DOUBLE',
        label: 'VARCHAR',
        rating: 'BIGINT',
      },
      key: ['feedback_id'],
      time: 'received_at',
      measures: {sentiment: 'value', rating: 'value'},
      rows: options =>
        events(
          'feedback',
          {perDay: 64, growth: 0.2, weekend: 0.7, unusual: {17: 1.9, 16: 2.2, 15: 1.8}},
          options,
          (at, random, number) => {
            const before = daysBefore(options.end, at)
            const isStrike = before <= strikeBegins && before >= strikeEnds
            const topic = isStrike && random.chance(0.6) ? 'Delivery' : random.choice(weights)
            const channel = random.choice({Review: 5, Survey: 4, Support: 3, Social: 2})
            const mood =
              (isStrike && topic === 'Delivery' ? -0.7 : topics[topic]!.mood) +
              {Review: 0.08, Survey: 0.1, Support: -0.18, Social: -0.1}[channel]!
            // Three uniform numbers together are nearly a bell.
            const spread = (random.unit() + random.unit() + random.unit() - 1.5) * 0.9
            const sentiment = Number(Math.max(-1, Math.min(1, mood + spread)).toFixed(3))
            return {
              feedback_id: `f-${String(number).padStart(6, '0')}`,
              received_at: at,
              channel,
              topic,
              language: random.choice({German: 6, English: 3, Slovenian: 2, Italian: 1}),
              sentiment,
              label: sentiment >= 0.2 ? 'positive' : sentiment <= -0.2 ? 'negative' : 'neutral',
              rating:
                channel === 'Review'
                  ? Math.max(1, Math.min(5, Math.round(3.1 + 2.2 * sentiment + 0.5 * spread)))
                  : null,
            }
          },
        ),
    },
  },
  metrics: {
    messages: {kind: 'count', title: 'Messages', table: 'feedback', unit: counted('messages')},
    mean_sentiment: {
      kind: 'mean',
      title: 'Mean sentiment',
      description: 'From −1 to 1, as the data have it; whoever scored the messages decides what it means',
      table: 'feedback',
      column: 'sentiment',
      unit: {kind: 'number'},
      better: 'higher',
    },
    positive: {
      kind: 'count',
      title: 'Positive messages',
      table: 'feedback',
      where: [{column: 'label', values: ['positive', 'pos', 'POSITIVE', 'Positive']}],
      unit: counted('messages'),
      better: 'higher',
    },
    negative: {
      kind: 'count',
      title: 'Negative messages',
      table: 'feedback',
      where: [{column: 'label', values: ['negative', 'neg', 'NEGATIVE', 'Negative']}],
      unit: counted('messages'),
      better: 'lower',
    },
    positive_share: {
      kind: 'ratio',
      title: 'Positive',
      numerator: 'positive',
      denominator: 'messages',
      unit: share,
      better: 'higher',
    },
    negative_share: {
      kind: 'ratio',
      title: 'Negative',
      numerator: 'negative',
      denominator: 'messages',
      unit: share,
      better: 'lower',
    },
    mean_rating: {
      kind: 'mean',
      title: 'Mean rating',
      table: 'feedback',
      column: 'rating',
      unit: {kind: 'number', noun: 'of 5'},
      better: 'higher',
    },
  },
  dimensions: {
    topic: {title: 'Topic', table: 'feedback', column: 'topic'},
    channel: {title: 'Channel', table: 'feedback', column: 'channel'},
    language: {title: 'Language', table: 'feedback', column: 'language'},
    label: {title: 'Label', table: 'feedback', column: 'label'},
    strength: {
      title: 'Sentiment',
      table: 'feedback',
      column: 'sentiment',
      bands: {edges: [-1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8]},
    },
  },
  synonyms: {
    'feedback.feedback_id': ['id', 'review_id', 'message_id', 'comment_id', 'ticket_id', 'response_id'],
    'feedback.received_at': ['created_at', 'timestamp', 'posted_at', 'date', 'time', 'submitted_at', 'at'],
    'feedback.channel': ['source', 'platform', 'origin'],
    'feedback.topic': ['theme', 'category', 'aspect', 'subject', 'product'],
    'feedback.language': ['lang', 'locale'],
    'feedback.sentiment': ['sentiment_score', 'compound', 'polarity', 'score'],
    'feedback.label': ['sentiment_label', 'sentiment_class', 'class', 'polarity_label'],
    'feedback.rating': ['stars', 'star_rating'],
  },
  period: {unit: 'day', count: 45},
  panels: [
    {id: 'messages', kind: 'figure', title: 'Messages', metric: 'messages'},
    {id: 'mean-sentiment', kind: 'figure', title: 'Mean sentiment', metric: 'mean_sentiment'},
    {id: 'positive', kind: 'figure', title: 'Positive', metric: 'positive_share'},
    {id: 'negative', kind: 'figure', title: 'Negative', metric: 'negative_share'},
    {id: 'mean-rating', kind: 'figure', title: 'Mean rating', metric: 'mean_rating'},
    {
      id: 'sentiment-by-day',
      kind: 'trend',
      title: 'Mean sentiment by day',
      metrics: ['mean_sentiment'],
      grain: 'day',
      anomalies: true,
    },
    {
      id: 'messages-by-day',
      kind: 'trend',
      title: 'Messages by day',
      metrics: ['messages'],
      grain: 'day',
      anomalies: true,
    },
    {
      id: 'topics-by-week',
      kind: 'matrix',
      title: 'Mean sentiment by topic and week',
      metric: 'mean_sentiment',
      rows: 'topic',
      grain: 'week',
      rank_by: 'messages',
    },
    {
      id: 'topics',
      kind: 'breakdown',
      title: 'Positive and negative by topic',
      metrics: ['negative_share', 'positive_share', 'messages', 'mean_sentiment', 'mean_rating'],
      dimension: 'topic',
      rank_by: 'messages',
      mark: 'dot',
    },
    {
      id: 'labels-by-week',
      kind: 'trend',
      title: 'Messages by label and week',
      metrics: ['messages'],
      grain: 'week',
      split: 'label',
      mark: 'stacked',
    },
    {
      id: 'channels',
      kind: 'breakdown',
      title: 'Messages by channel',
      metrics: ['messages', 'mean_sentiment', 'negative_share'],
      dimension: 'channel',
    },
    {
      id: 'strengths',
      kind: 'breakdown',
      title: 'How strong: messages by sentiment',
      metrics: ['messages', 'mean_rating'],
      dimension: 'strength',
    },
  ],
})
