package localkinesis

// consumerFile is a consumer in stream.json. Its subscriptions end with the
// process.
type consumerFile struct {
	Name, ARN string
	Created   int64             // ms since the epoch
	Busy      string            `json:",omitempty"`
	Until     int64             `json:",omitempty"`
	Tags      map[string]string `json:",omitempty"`
}

// consumerFiles describes the consumers of a stream. Its mutex is held.
func (st *stream) consumerFiles() []consumerFile {
	files := make([]consumerFile, 0, len(st.consumers))
	for _, c := range st.consumers {
		files = append(files, consumerFile{Name: c.name, ARN: c.arn, Created: c.created, Busy: c.busy, Until: c.until, Tags: c.tags})
	}
	return files
}

func (f consumerFile) consumer() *consumer {
	c := newConsumer(f.Name, f.ARN, f.Created)
	c.busy, c.until, c.tags = f.Busy, f.Until, f.Tags
	return c
}
