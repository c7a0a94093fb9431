package supervisor

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kinesnow/kinesnow/messages"
)

// metrics are one connector's Prometheus series. Gauges and counters are read
// from the state that the connector last published, when they are scraped:
// the data path pays nothing for them. docs/metrics.md is their table.
type metrics struct {
	plant *plant
	lag   prometheus.Histogram
}

// lagBuckets cover what people ask of arrival to commit, in seconds.
var lagBuckets = []float64{0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 30, 60, 300, 1800, 7200}

func (p *plant) openMetrics() error {
	if p.host.Metrics == nil {
		return nil
	}
	p.metrics = &metrics{plant: p, lag: prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "kinesnow_lag_at_commit_seconds", Help: "Time from a record's arrival in Kinesis to its commit in Snowflake.",
		ConstLabels: prometheus.Labels{"connector": p.name}, Buckets: lagBuckets,
	})}
	if err := p.host.Metrics.Register(p.metrics.lag); err != nil {
		return err
	}
	return p.host.Metrics.Register(p.metrics)
}

// series is one metric and how it is read from a shard's state.
type series struct {
	name, help string
	kind       prometheus.ValueType
	read       func(*messages.ShardState) float64
}

var shardSeries = []series{
	{"kinesnow_records_read_total", "User records read by this process.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Live.Read) }},
	{"kinesnow_rows_appended_total", "Rows accepted by Snowflake.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Live.Appended) }},
	{"kinesnow_rows_committed_total", "Rows whose offset token was read back.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Live.Committed) }},
	{"kinesnow_rows_rejected_total", "Rows that Snowflake could not put into the table.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Live.Rejected) }},
	{"kinesnow_records_discarded_total", "User records whose payload was unusable.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Live.Discarded) }},
	{"kinesnow_records_filtered_total", "User records that a transform filtered out.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Live.Filtered) }},
	{"kinesnow_kpl_aggregates_total", "Kinesis records that were taken apart into user records.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Packed.Aggregates) }},
	{"kinesnow_kpl_subrecords_out_of_range_total", "User records of aggregates that belong to another shard; they are kept.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Packed.OutOfRange) }},
	{"kinesnow_kpl_damaged_aggregates_total", "Records that begin like an aggregate and are none; plain records.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Packed.Damaged) }},
	{"kinesnow_gaps_total", "Stretches that expired before they were read.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Gaps) }},
	{"kinesnow_counter_mismatches_total", "Generations whose commits Snowflake counts otherwise.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Mismatches) }},
	{"kinesnow_appended_bytes_total", "Bytes of rows appended, before compression.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Bytes) }},
	{"kinesnow_wire_bytes_total", "Bytes of rows appended, after compression.", prometheus.CounterValue, func(s *messages.ShardState) float64 { return float64(s.Wire) }},
	{"kinesnow_behind_seconds", "How far the last answer lagged the shard's tip.", prometheus.GaugeValue, func(s *messages.ShardState) float64 { return s.Behind.Seconds() }},
	{"kinesnow_lease_owned", "1 for each shard whose lease this process holds.", prometheus.GaugeValue, func(*messages.ShardState) float64 { return 1 }},
}

var (
	shardsDesc      = prometheus.NewDesc("kinesnow_shards", "Shards of this process by state.", []string{"connector", "state"}, nil)
	generationsDesc = prometheus.NewDesc("kinesnow_generations_total", "Generations that ended, by reason.", []string{"connector", "shard", "reason"}, nil)
	memoryDesc      = prometheus.NewDesc("kinesnow_memory_bytes", "Fetched and not yet accepted (held), accepted and not yet committed (in_flight), and the budget.", []string{"connector", "kind"}, nil)
	lossDesc        = prometheus.NewDesc("kinesnow_seconds_to_data_loss", "Retention minus the age of the oldest uncommitted record, the least over the shards.", []string{"connector"}, nil)
	channelsDesc    = prometheus.NewDesc("kinesnow_channels", "Channels that the connector has on all nodes: of shards that are read (open), of ended ones until they are dropped (ended); and shards that wait for room (waiting).", []string{"connector", "state"}, nil)
	polledDesc      = prometheus.NewDesc("kinesnow_shards_polled", "Shards that are polled because enhanced fan-out cannot be had.", []string{"connector"}, nil)
	unownedDesc     = prometheus.NewDesc("kinesnow_shards_unowned", "Shards of the stream that no process has worked on for 2 minutes.", []string{"connector"}, nil)
	asideDesc       = prometheus.NewDesc("kinesnow_journal_segments_set_aside_total", "Journal segments that could not be read: damaged, foreign, or of a newer version.", []string{"connector"}, nil)
	troubledDesc    = prometheus.NewDesc("kinesnow_journal_troubled", "1 while the journal does not keep everything.", []string{"connector"}, nil)
	journalDesc     = prometheus.NewDesc("kinesnow_journal_entries_total", "Journal entries by what became of them.", []string{"connector", "fate"}, nil)
	lettersDesc     = prometheus.NewDesc("kinesnow_dead_letters_total", "Dead letters by what became of them: written to a file, capped (counted, not kept); and failed attempts to keep some.", []string{"connector", "fate"}, nil)
	schemaDesc      = prometheus.NewDesc("kinesnow_schema_changes_total", "Statements that altered the table, run by this process (schema_evolution: client).", []string{"connector"}, nil)
	ignoredDesc     = prometheus.NewDesc("kinesnow_ignored_keys_total", "Values that Snowflake dropped because the table has no column for their key, where it can be described.", []string{"connector"}, nil)
	seriesDescs     = describeSeries()
)

func describeSeries() []*prometheus.Desc {
	descs := make([]*prometheus.Desc, len(shardSeries))
	for i, s := range shardSeries {
		descs[i] = prometheus.NewDesc(s.name, s.help, []string{"connector", "shard"}, nil)
	}
	return descs
}

// Describe implements prometheus.Collector: the series are unchecked, because
// several connectors share a registry.
func (m *metrics) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	state := m.plant.published.Load()
	if state == nil {
		return
	}
	name := m.plant.name
	phases := map[messages.Phase]int{messages.PhaseFlowing: 0, messages.PhaseOpening: 0, messages.PhaseBackoff: 0, messages.PhaseParked: 0, messages.PhasePaused: 0}
	var held, inFlight int64
	for i := range state.Shards {
		sh := &state.Shards[i]
		phases[sh.Phase]++
		held, inFlight = held+sh.Held, inFlight+sh.InFlight
		for j, s := range shardSeries {
			out <- prometheus.MustNewConstMetric(seriesDescs[j], s.kind, s.read(sh), name, string(sh.Shard))
		}
		for reason, n := range sh.Ends {
			out <- prometheus.MustNewConstMetric(generationsDesc, prometheus.CounterValue, float64(n), name, string(sh.Shard), string(reason))
		}
	}
	for phase, n := range phases {
		out <- prometheus.MustNewConstMetric(shardsDesc, prometheus.GaugeValue, float64(n), name, string(phase))
	}
	gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	gauge(channelsDesc, float64(state.Channels.Open), name, "open")
	gauge(channelsDesc, float64(state.Channels.Ended), name, "ended")
	gauge(channelsDesc, float64(state.Channels.Waiting), name, "waiting")
	gauge(polledDesc, float64(m.plant.polled.count()), name)
	gauge(unownedDesc, float64(len(state.Unowned)), name)
	gauge(memoryDesc, float64(held), name, "held")
	gauge(memoryDesc, float64(inFlight), name, "in_flight")
	gauge(memoryDesc, float64(state.Memory.Used), name, "budget_used")
	gauge(memoryDesc, float64(state.Memory.Total), name, "budget")
	if state.Schema != nil {
		out <- prometheus.MustNewConstMetric(schemaDesc, prometheus.CounterValue, float64(state.Schema.Changes), name)
	}
	if state.Ignored != nil && state.Ignored.Unknown == "" {
		out <- prometheus.MustNewConstMetric(ignoredDesc, prometheus.CounterValue, float64(state.Ignored.Values), name)
	}
	if loss, ok := state.UntilLoss(); ok {
		gauge(lossDesc, loss.Seconds(), name)
	}
	out <- prometheus.MustNewConstMetric(journalDesc, prometheus.CounterValue, float64(state.Journal.Written), name, "written")
	out <- prometheus.MustNewConstMetric(journalDesc, prometheus.CounterValue, float64(state.Journal.Dropped), name, "dropped")
	out <- prometheus.MustNewConstMetric(journalDesc, prometheus.CounterValue, float64(state.Journal.Unknown), name, "unknown")
	out <- prometheus.MustNewConstMetric(asideDesc, prometheus.CounterValue, float64(state.Journal.SetAside), name)
	for fate, n := range map[string]int64{"written": state.Letters.Written, "capped": state.Letters.Capped, "failed": state.Letters.Failed} {
		out <- prometheus.MustNewConstMetric(lettersDesc, prometheus.CounterValue, float64(n), name, fate)
	}
	troubled := 0.0
	if state.Journal.Error != "" {
		troubled = 1
	}
	gauge(troubledDesc, troubled, name)
}
