package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// findable is what somebody is found by.
type findable struct {
	id     int64
	words  []string // each once
	digits string   // see segment
}

// segmentMaker puts a segment together: all people first, then all words.
type segmentMaker struct {
	ids, digitsAt, wordsAt, postingsAt []byte
	digits, words, postings            []byte
}

func (m *segmentMaker) person(id int64, digits []byte) {
	m.ids = binary.LittleEndian.AppendUint64(m.ids, uint64(id)) //nolint:gosec // the same bits
	m.digitsAt = binary.LittleEndian.AppendUint32(m.digitsAt, uint32(len(m.digits)))
	m.digits = append(m.digits, digits...)
}

// word takes the next word in order and the ordinals of who has it, rising.
func (m *segmentMaker) word(word []byte, ordinals []uint32) {
	if len(m.words) == 0 {
		m.words = append(m.words, '\n')
	}
	m.wordsAt = binary.LittleEndian.AppendUint32(m.wordsAt, uint32(len(m.words)))
	m.words = append(append(m.words, word...), '\n')
	m.postingsAt = binary.LittleEndian.AppendUint32(m.postingsAt, uint32(len(m.postings)))
	before := uint32(0)
	for _, at := range ordinals {
		m.postings = binary.AppendUvarint(m.postings, uint64(at-before))
		before = at
	}
}

// segment is what has been put together.
func (m *segmentMaker) segment(row int64) *segment {
	m.digitsAt = binary.LittleEndian.AppendUint32(m.digitsAt, uint32(len(m.digits)))
	m.wordsAt = binary.LittleEndian.AppendUint32(m.wordsAt, uint32(len(m.words)))
	m.postingsAt = binary.LittleEndian.AppendUint32(m.postingsAt, uint32(len(m.postings)))
	sections := [][]byte{m.ids, m.digitsAt, m.wordsAt, m.postingsAt, m.digits, m.words, m.postings}
	size := segmentHeader
	for _, s := range sections {
		size += len(s)
	}
	body := make([]byte, 0, size)
	for _, s := range sections {
		body = binary.LittleEndian.AppendUint32(body, uint32(len(s)))
	}
	body = append(body, 0, 0, 0, 0)
	for _, s := range sections {
		body = append(body, s...)
	}
	binary.LittleEndian.PutUint32(body[segmentHeader-4:], crc32.Checksum(body[segmentHeader:], castagnoli))
	out, _ := openSegment(row, body, nil) // it is one
	return out
}

// makeSegment is a segment of people with different IDs.
func makeSegment(row int64, people []findable) *segment {
	slices.SortFunc(people, func(a, b findable) int { return cmp.Compare(a.id, b.id) })
	m := &segmentMaker{}
	have := map[string][]uint32{}
	for i, p := range people {
		m.person(p.id, []byte(p.digits))
		for _, w := range p.words {
			have[w] = append(have[w], uint32(i)) //nolint:gosec // far fewer
		}
	}
	words := make([]string, 0, len(have))
	for w := range have {
		words = append(words, w)
	}
	slices.Sort(words)
	for _, w := range words {
		m.word([]byte(w), slices.Compact(have[w]))
	}
	return m.segment(row)
}

// mergeSegments is one segment of those who are there of several.
func mergeSegments(row int64, list []*segment) *segment {
	type place struct {
		id      int64
		from    int // of list
		ordinal int
	}
	var people []place
	moved := make([][]uint32, len(list)) // where each ordinal is now, from 1; 0 for who is gone
	for i, g := range list {
		moved[i] = make([]uint32, g.people())
		for at := range g.people() {
			if !g.gone.has(at) {
				people = append(people, place{g.id(at), i, at})
			}
		}
	}
	slices.SortFunc(people, func(a, b place) int { return cmp.Compare(a.id, b.id) })
	m := &segmentMaker{}
	for i, p := range people {
		m.person(p.id, list[p.from].digitsOf(p.ordinal))
		moved[p.from][p.ordinal] = uint32(i) + 1 //nolint:gosec // far fewer
	}
	next := make([]int, len(list)) // the word each stands at
	var ordinals []uint32
	for {
		var word []byte
		for i, g := range list {
			if next[i] < g.vocabulary() && (word == nil || bytes.Compare(g.word(next[i]), word) < 0) {
				word = g.word(next[i])
			}
		}
		if word == nil {
			return m.segment(row)
		}
		ordinals = ordinals[:0]
		for i, g := range list {
			if next[i] == g.vocabulary() || !bytes.Equal(g.word(next[i]), word) {
				continue
			}
			g.each(next[i], func(at int) {
				if to := moved[i][at]; to > 0 {
					ordinals = append(ordinals, to-1)
				}
			})
			next[i]++
		}
		if len(ordinals) > 0 {
			slices.Sort(ordinals)
			m.word(word, ordinals)
		}
	}
}
