/** The commands: options in, calls through the client, records out, and one exit code for each kind of outcome. */
@NullMarked
package io.tideline.tools.command;

import org.jspecify.annotations.NullMarked;
