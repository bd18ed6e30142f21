package servers

import (
	"os/exec"
	"path/filepath"
)

// StartOpenID starts an OpenID provider, whose client "desk" comes back to redirect. Its endpoint is its issuer; who is
// who there, infra/tools/openid.js says.
func StartOpenID(redirect string) (*Server, error) {
	installed, err := tool("infra/tools/node_modules/oidc-provider")
	if err != nil {
		return nil, err
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	script := filepath.Join(installed, "../../openid.js")
	return Start(func(port string) []string { return []string{node, script, port, redirect} })
}
