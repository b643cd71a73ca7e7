/**
 * Replays a chat log as groups against a server while simulated devices go on and off line, repeat themselves, forget
 * and start again, and then compares what every device has, and every unread count, with what the log says.
 *
 * <p>What is to come out is planned before anything is sent ({@link io.tideline.tools.simulation.Plan}): which step of
 * the log becomes which seq, who may see it, what it says in the end. Nothing that the server answers goes into it, but
 * the first seq of each group. All steps of all groups are done by one thread in the order of the log, so the plan can
 * know the seqs; devices run beside it on threads of their own.
 */
@NullMarked
package io.tideline.tools.simulation;

import org.jspecify.annotations.NullMarked;
