package leasetable

// Waiting is how many calls wait for their turn.
func (t *Table) Waiting() (n int) {
	t.turns.mu.Lock()
	defer t.turns.mu.Unlock()
	for _, w := range t.turns.waiting {
		n += w
	}
	return n
}
