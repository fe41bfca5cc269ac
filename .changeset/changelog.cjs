// How a changeset becomes a line of CHANGELOG.md: its text, and a link to the commit that brought it.
const { repository } = require('../packages/plasma/package.json')

const COMMITS = repository.url.replace(/^git\+|\.git$/g, '').concat('/commit/')

module.exports = {
  /** @param {{ summary: string, commit?: string }} changeset */
  async getReleaseLine({ summary, commit }) {
    const hash = commit?.slice(0, 7)
    const text = summary.trim().replace(/\n(?=.)/g, '\n  ')
    return `- ${text}${hash ? ` ([${hash}](${COMMITS}${hash}))` : ''}`
  },

  /** @param {unknown} _changesets @param {readonly { name: string, newVersion: string }[]} dependencies */
  async getDependencyReleaseLine(_changesets, dependencies) {
    if (dependencies.length === 0) return ''
    return `- Needs ${dependencies.map(it => `\`${it.name}\` ${it.newVersion}`).join(', ')}.`
  },
}
