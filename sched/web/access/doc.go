// Package access decides which requests a dashboard answers: those for a name of this host, from this user or with the token of the home,
// and not on behalf of another site's page. It also keeps the token, and announces the running dashboards of a home.
package access
