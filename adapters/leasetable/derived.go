package leasetable

import "github.com/kinesnow/kinesnow/messages"

// tokens sets K and S, and what the sibling products read of them (P24).
func (p *place) tokens(u *update, known *messages.ShardRow) {
	w := p.write
	if !p.exact && w.Committed == "" && w.Skipped == "" && !w.ClearSkipped {
		return
	}
	after := *known
	p.token(u, attrCommitted, &after.Committed, w.Committed, p.exact)
	p.token(u, attrSkipped, &after.Skipped, w.Skipped, p.exact || w.ClearSkipped)
	switch seq, partialSeq, partialSub := after.Derived(); {
	case seq != "":
		u.put(attrSequence, text(seq))
		u.drop(attrPartialSeq, attrPartialSub)
	case partialSeq != "":
		u.put(attrPartialSeq, text(partialSeq))
		u.put(attrPartialSub, number(partialSub))
		// The last whole record stays, unless it is one that the new
		// position does not reach.
		if p.exact || known.Sequence.Compare(partialSeq) >= 0 {
			u.drop(attrSequence)
		}
	case p.exact || known.Committed != "" || known.Skipped != "":
		u.drop(attrSequence, attrPartialSeq, attrPartialSub)
	}
}

// token sets or removes one token and keeps in row what will be there. A token
// that the write leaves alone has to be there as last seen.
func (p *place) token(u *update, attr string, row *string, value string, remove bool) {
	switch {
	case value != "":
		*row = value
		u.put(attr, text(value))
	case remove:
		*row = ""
		u.drop(attr)
	default:
		u.requireText(attr, *row)
	}
}
