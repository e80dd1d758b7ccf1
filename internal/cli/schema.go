package cli

import (
	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/config"
)

func (a *app) schemaCommand() *cobra.Command {
	var reference bool
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of mlops.yaml, for editors; with --reference the manual page of its keys",
		RunE: func(*cobra.Command, []string) error {
			text := []byte(config.Reference())
			if !reference {
				var err error
				if text, err = config.Schema(); err != nil {
					return err
				}
			}
			_, err := a.Stdout.Write(text)
			return err
		},
	}
	c.Flags().BoolVar(&reference, "reference", false, "print every key with its meaning, as Markdown")
	return c
}
