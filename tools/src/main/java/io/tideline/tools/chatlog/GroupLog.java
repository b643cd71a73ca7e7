package io.tideline.tools.chatlog;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a channel of a chat log as the life of a group. The log begins and ends in the middle of things, so it is made to
 * agree with itself: whoever speaks without having joined has joined just before, who joins twice stays, who leaves
 * without having been there is passed over. A nick that changes is one member who leaves and another one who joins:
 * nothing in a log proves that both are one person. One group; not for several threads.
 */
public final class GroupLog {
    private final Set<String> spoken;
    private final Set<String> members = new LinkedHashSet<>();

    /** @param spoken kinds of events in which somebody says something */
    public GroupLog(Set<String> spoken) {
        this.spoken = Set.copyOf(spoken);
    }

    /** Who is a member after the events so far, in the order of joining. */
    public Set<String> members() {
        return Set.copyOf(members);
    }

    /** The steps of the next event, in order; none when it changes nothing. */
    public List<GroupStep> next(ChatEvent event) {
        List<GroupStep> steps = new ArrayList<>(2);
        String nick = event.nick();
        if (nick.isEmpty()) {
            return steps;
        }
        if (spoken.contains(event.kind())) {
            join(event, nick, steps);
            boolean addressed = !event.to().equals(nick) && members.contains(event.to());
            steps.add(new GroupStep.Say(event, nick, addressed ? event.to() : ""));
            return steps;
        }
        switch (event.kind()) {
            case "join" -> join(event, nick, steps);
            case "leave" -> leave(event, nick, steps);
            case "nick" -> {
                leave(event, nick, steps);
                if (!event.text().isEmpty()) {
                    join(event, event.text(), steps);
                }
            }
            default -> {
                // Of no consequence for a group.
            }
        }
        return steps;
    }

    private void join(ChatEvent event, String user, List<GroupStep> steps) {
        if (members.add(user)) {
            steps.add(new GroupStep.Join(event, user));
        }
    }

    private void leave(ChatEvent event, String user, List<GroupStep> steps) {
        if (members.remove(user)) {
            steps.add(new GroupStep.Leave(event, user));
        }
    }
}
