// Package project knows what can be run in a directory: the operations of its guild.yml, its scripts, and guild's own operations. [Load]
// reads a project, [Project.Find] finds an operation by its name, and [Project.Check] finds mistakes that would otherwise show only when an
// operation is run.
package project
