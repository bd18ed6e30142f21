package main

import (
	"context"
	"net/http"

	"postkontor/functions/sweep"
)

// sweep runs the sweep by the runner's clock to its end, and sends what it caused before it answers its report.
func (p *panel) sweep(w http.ResponseWriter, r *http.Request) {
	form, err := read(r, &struct{}{})
	if err != nil {
		unreadable(w, err)
		return
	}
	ctx, made := withOutbox(context.WithoutCancel(r.Context()))
	report, err := p.sweeper.Run(ctx, sweep.Order{})
	p.post.deliver(ctx, made)
	switch {
	case err != nil:
		problem(w, http.StatusServiceUnavailable, "unavailable", err.Error())
	case form.Get("page") != "":
		http.Redirect(w, r, "/_local/", http.StatusSeeOther)
	default:
		answer(w, report)
	}
}
