package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// spread is the median of some figures, and the least and the greatest.
type spread struct {
	median, least, most float64
	n                   int
}

func spreadOf(figures []float64) spread {
	if len(figures) == 0 {
		return spread{}
	}
	sorted := slices.Clone(figures)
	slices.Sort(sorted)
	n := len(sorted)
	return spread{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[0], sorted[n-1], n}
}

func medianOf[T cmp.Ordered](results []result, figure func(result) T) T {
	sorted := make([]T, len(results))
	for i, r := range results {
		sorted[i] = figure(r)
	}
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// ratios pairs two contestants' runs of the same round.
func ratios(of, to []result, figure func(result) float64) spread {
	figures := make([]float64, len(of))
	for i := range of {
		figures[i] = figure(of[i]) / figure(to[i])
	}
	return spreadOf(figures)
}

func (s spread) String() string {
	return fmt.Sprintf("%.2f (%.2f-%.2f, n=%d)", s.median, s.least, s.most, s.n)
}

// table prints aligned columns.
type table struct{ *tabwriter.Writer }

func newTable(to io.Writer, columns ...string) table {
	t := table{tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)}
	t.row(columns...)
	return t
}

func (t table) row(cells ...string) { fmt.Fprintln(t, strings.Join(cells, "\t")) }

func megabytes(n int64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}
