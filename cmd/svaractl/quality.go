package main

import (
	"context"
	"fmt"
	"time"

	"svara/phone"
)

// quality lists how calls have sounded, taken together by contact, device or network.
func (c *cli) quality(ctx context.Context, args []string) error {
	fs := c.flags("quality")
	var q phone.QualityQuery
	by, since := fs.String("by", string(phone.QualityByContact), ""), fs.String("since", "", "")
	fs.StringVar(&q.Number, "number", "", "")
	fs.IntVar(&q.Limit, "limit", 0, "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	switch q.By = phone.QualityBy(*by); q.By {
	case phone.QualityByContact, phone.QualityByDevice, phone.QualityByNetwork:
	default:
		return &usageError{verb: "quality", why: "--by is contact, device or network, not " + *by}
	}
	if q.Limit < 0 {
		return &usageError{verb: "quality", why: "--limit cannot be negative"}
	}
	if *since != "" {
		var err error
		if q.Since, err = past("quality", *since, time.Now()); err != nil {
			return err
		}
	}
	return ask(ctx, c, "quality", q, c.showQualities)
}

func (c *cli) showQualities(all []phone.QualityAverage) {
	t := c.table()
	for _, a := range all {
		name := a.Key
		if a.Label != "" {
			name = who(phone.Party{Name: a.Label, Number: a.Key})
		}
		if name == "" {
			name = "unknown"
		}
		t.row(name, fmt.Sprintf("%d calls, %s", a.Calls, clock(a.Duration)), mosText(a.MOS, a.MOSOut),
			fmt.Sprintf("loss %.1f %% in, %.1f %% out", a.LossIn, a.LossOut), fmt.Sprintf("jitter %.0f ms", a.JitterMS), fmt.Sprintf("concealed %.1f %%", a.Concealed))
	}
	t.flush()
}

// mosText is how we hear them and they us.
func mosText(in, out float64) string {
	one := func(mos float64) string {
		if mos == 0 {
			return "unknown"
		}
		return fmt.Sprintf("%.1f", mos)
	}
	return "MOS " + one(in) + " in, " + one(out) + " out"
}
