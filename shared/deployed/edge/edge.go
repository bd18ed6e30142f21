// Package edge builds the edge of a deployed function that speaks HTTP. It stands apart from package deployed so that a
// function without HTTP does not link it.
package edge

import (
	"net/http"
	"os"
	"strings"
	"time"

	"postkontor/shared/deployed"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/web"
	"postkontor/shared/web/gateway"
)

// Of answers the configuration of a function's edge. ALLOWED_ORIGINS names browser clients elsewhere, apart by commas.
func Of(f *deployed.Function) web.Config {
	c := web.Config{Origin: f.Origin, Sessions: &session.Store{Table: f.DB.Table(session.Definition.Name), Now: time.Now},
		Limits: f.DB.Table(web.LimitsDefinition.Name), Operator: f.Operator, Now: time.Now, Events: f.Events}
	if f.Keys != nil {
		c.Token = secret.NewKey(f.Keys, secret.Token)
	}
	if allowed := os.Getenv("ALLOWED_ORIGINS"); allowed != "" {
		c.AllowedOrigins = strings.Split(allowed, ",")
	}
	return c
}

// Serve starts the function; it does not return.
func Serve(h http.Handler) { gateway.Start(h) }
