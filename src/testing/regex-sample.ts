import { randomInt } from 'node:crypto'

const letters = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const word = `${letters}${letters.toUpperCase()}${digits}_`
const printable = `${letters}${letters.toUpperCase()}${digits}-_.:/ `
/** How long a repetition becomes where any length would do and the sample must be nobody's. */
const someLength = 16

interface SampleOptions {
  /** What stands in the capturing group. */
  readonly group?: string
  /** Characters are drawn, not the first of their class: another sample each time. */
  readonly random?: boolean
}

/** A text that a regular expression matches, the group holding what it should; nothing where none was found. */
export function sampleMatch(source: string, options: SampleOptions = {}): string | undefined {
  const text = new Sampler(source, options).alternatives()
  const found = new RegExp(source).exec(text)
  if (!found || (options.group !== undefined && found[1] !== options.group)) return undefined
  return text
}

/** Reads what definitions are made of: literals, classes, groups, alternatives (the first), repetitions, anchors. */
class Sampler {
  #at = 0

  constructor(
    readonly source: string,
    readonly options: SampleOptions,
  ) {}

  alternatives(): string {
    const first = this.#sequence()
    while (this.#takes('|')) this.#sequence()
    return first
  }

  #sequence(): string {
    let text = ''
    while (this.#at < this.source.length && !'|)'.includes(this.source.charAt(this.#at))) {
      const start = this.#at
      const one = this.#atom()
      const [least, most] = this.#repetition()
      const often = this.options.random ? Math.min(most, Math.max(least, someLength)) : least
      const end = this.#at
      const each = least === 1 && most === 1 ? [one] : Array.from({ length: often }, () => this.#again(start))
      this.#at = end
      text += each.join('')
    }
    return text
  }

  #again(start: number): string {
    this.#at = start
    return this.#atom()
  }

  #atom(): string {
    const sign = this.source.charAt(this.#at++)
    if (sign === '(') return this.#group()
    if (sign === '[') return this.#draw(this.#class())
    if (sign === '\\') return this.#draw(this.#escape())
    if (sign === '.') return this.#draw(word)
    return sign === '^' || sign === '$' ? '' : sign
  }

  #group(): string {
    const [kind = ''] = /^\?(?:[:=!]|<[=!]|<[^>]+>)/.exec(this.source.slice(this.#at)) ?? []
    this.#at += kind.length
    const inner = this.alternatives()
    this.#takes(')')
    if (/^\?<?[=!]/.test(kind)) return ''
    return kind !== '?:' && this.options.group !== undefined ? this.options.group : inner
  }

  /** The characters of an escape; none for a word boundary. */
  #escape(): string {
    const sign = this.source.charAt(this.#at++)
    if (sign === 'd') return digits
    if (sign === 'w') return word
    if (sign === 's') return ' '
    return sign === 'b' || sign === 'B' ? '' : sign
  }

  #class(): string {
    const negated = this.#takes('^')
    let inside = ''
    while (this.#at < this.source.length && this.source.charAt(this.#at) !== ']') {
      const [all, from, to] = /^([^\\\]])-([^\\\]])/.exec(this.source.slice(this.#at)) ?? []
      if (all !== undefined && from !== undefined && to !== undefined) {
        this.#at += all.length
        for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++)
          inside += String.fromCharCode(code)
        continue
      }
      inside += this.#takes('\\') ? this.#escape() : this.source.charAt(this.#at++)
    }
    this.#takes(']')
    return negated ? [...printable].filter((each) => !inside.includes(each)).join('') : inside
  }

  #repetition(): readonly [least: number, most: number] {
    const [all, sign, least, comma, most] =
      /^([*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.source.slice(this.#at)) ?? []
    if (all === undefined) return [1, 1]
    this.#at += all.length
    if (sign === '*') return [0, Number.POSITIVE_INFINITY]
    if (sign === '+') return [1, Number.POSITIVE_INFINITY]
    if (sign === '?') return [0, 0]
    if (comma === '') return [Number(least), Number(least)]
    return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)]
  }

  #draw(characters: string): string {
    return characters.charAt(this.options.random && characters !== '' ? randomInt(characters.length) : 0)
  }

  #takes(sign: string): boolean {
    if (this.source.charAt(this.#at) !== sign) return false
    this.#at += 1
    return true
  }
}
