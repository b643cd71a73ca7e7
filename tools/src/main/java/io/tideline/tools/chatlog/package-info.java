/** Chat logs as files: one JSON object a line, gzipped or not. */
@NullMarked
package io.tideline.tools.chatlog;

import org.jspecify.annotations.NullMarked;
