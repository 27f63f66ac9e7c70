// Package project knows what can be run in a directory: the operations of its guild.yml, its scripts, and the operations that are
// part of guild itself. [Load] reads a project, [Project.Find] finds an operation by what people call it, and [Project.Check] finds
// mistakes that would otherwise be found only when an operation is run.
package project
