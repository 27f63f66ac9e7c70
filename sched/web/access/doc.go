// Package access says who may ask a dashboard, and for what: requests by this host's names only, from this user or by who has the token of
// the home, none on behalf of another site's page. It also keeps that token, and makes known which dashboards of a home serve.
package access
