package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

func validateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "validate",
		Short: "Check the configuration, and show what it comes to",
		Long: `Reads the configuration as run does, the key and token files that it names
included, and calls nobody. Every problem is printed with file, line and key.`,
		Args: cobra.NoArgs,
	}
	path := configFlag(c)
	show := c.Flags().Bool("print", false, "print the merged result with where each value came from; secrets are redacted")
	c.RunE = func(c *cobra.Command, _ []string) error {
		file, err := load(*path)
		switch {
		case err != nil && wantsJSON(c):
			return errors.Join(printJSON(c, problems(*path, err)), exit(exitConfig, nil))
		case err != nil:
			return exit(exitConfig, err)
		case *show && wantsJSON(c):
			return file.PrintJSON(c.OutOrStdout())
		case *show:
			return file.Print(c.OutOrStdout())
		case wantsJSON(c):
			return printJSON(c, validated{File: *path, OK: true, Connectors: file.Names(), Problems: []problem{}, Warnings: append([]string{}, file.Warnings()...)})
		}
		for _, warning := range file.Warnings() {
			fmt.Fprintln(c.ErrOrStderr(), "warning:", warning)
		}
		_, err = fmt.Fprintln(c.OutOrStdout(), goodNews(file))
		return err
	}
	return c
}

// validated is what validate -o json prints.
type validated struct {
	File       string    `json:"file"`
	OK         bool      `json:"ok"`
	Connectors []string  `json:"connectors"`
	Problems   []problem `json:"problems"`
	Warnings   []string  `json:"warnings"`
}

type problem struct {
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Key    string `json:"key,omitempty"`
	Text   string `json:"text"`
}

func problems(path string, err error) validated {
	v := validated{File: path, Connectors: []string{}, Warnings: []string{}}
	var wrong *config.Error
	if !errors.As(err, &wrong) {
		v.Problems = []problem{{Text: err.Error()}}
		return v
	}
	for _, p := range wrong.Problems {
		v.Problems = append(v.Problems, problem{p.Line, p.Column, p.Key, p.Text})
	}
	return v
}

func goodNews(file supervisor.File) string {
	names := file.Names()
	noun := "connectors"
	if len(names) == 1 {
		noun = "connector"
	}
	return fmt.Sprintf("%s: good; %d %s: %s", file.Path(), len(names), noun, strings.Join(names, ", "))
}
