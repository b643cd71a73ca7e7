package io.tideline.tools.simulation;

import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.tools.chatlog.ChatEvent;
import io.tideline.tools.chatlog.ChatLogReader;
import io.tideline.tools.chatlog.GroupLog;
import io.tideline.tools.chatlog.GroupStep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * All groups and the order of all steps, made from the log and a seed alone. Beside what the log says, some messages are
 * recalled, edited or reacted to, and users who never say anything join and leave.
 */
final class Plan {
    private static final double RECALLED = 0.02;
    private static final double EDITED = 0.03;
    private static final double REACTED_TO = 0.08;
    private static final List<String> REACTIONS = List.of("+1", "heart");
    /** Of the messages before, how far back one is changed: an app's window is some minutes. */
    private static final int CHANGED_WITHIN = 50;
    /** The silent join in so many parts, spread over the log. */
    private static final int SILENT_PARTS = 10;

    private final Map<String, PlannedGroup> groups = new LinkedHashMap<>();
    private final Map<String, GroupLog> logs = new HashMap<>();
    private final Map<String, List<Integer>> unchanged = new HashMap<>();
    private final List<Turn> turns = new ArrayList<>();
    private final Set<PlannedGroup> switched = new HashSet<>();
    private final Random random;
    private int events;

    /** A step and the index of its last entry in its group. */
    record Turn(PlannedGroup group, PlannedStep step, int index) {}

    private Plan(long seed) {
        this.random = new Random(seed);
    }

    static Plan of(ChatLogReader log, SimulationSettings settings) throws IOException {
        List<ChatEvent> read = new ArrayList<>();
        Random deal = new Random(settings.seed() ^ 0xdea1);
        for (var event = log.next(); event.isPresent() && read.size() < settings.maxEvents(); event = log.next()) {
            read.add(dealt(event.get(), settings.groups(), deal));
        }
        Plan plan = new Plan(settings.seed());
        List<String> silent = silent(read, settings);
        for (int i = 0; i < read.size(); i++) {
            plan.silentJoin(read, i, silent);
            plan.add(read.get(i));
            plan.diffusion(read, i, settings);
        }
        plan.events = read.size();
        return plan;
    }

    /** The event as one of any of so many groups: who speaks more than once soon is in several of them. */
    private static ChatEvent dealt(ChatEvent event, int groups, Random deal) {
        return groups == 1
                ? event
                : new ChatEvent(
                        event.line(),
                        event.time(),
                        event.channel() + "/" + deal.nextInt(groups),
                        event.kind(),
                        event.nick(),
                        event.text(),
                        event.to());
    }

    /** As many as are wanting, so that no user has many more devices than he should. */
    private static List<String> silent(List<ChatEvent> read, SimulationSettings settings) {
        long nicks = read.stream().map(ChatEvent::nick).distinct().count();
        long wanting = settings.devices() / settings.devicesPerUser() - nicks;
        List<String> silent = new ArrayList<>();
        for (int i = 0; i < wanting; i++) {
            silent.add("silent." + i);
        }
        return silent;
    }

    /** At so many points of the log a part of the silent joins the group of the event there, and one of them leaves. */
    private void silentJoin(List<ChatEvent> read, int i, List<String> silent) {
        int every = Math.max(1, read.size() / SILENT_PARTS);
        int part = i / every;
        if (silent.isEmpty() || i % every != 0 || part >= SILENT_PARTS) {
            return;
        }
        int from = (int) ((long) silent.size() * part / SILENT_PARTS);
        int to = (int) ((long) silent.size() * (part + 1) / SILENT_PARTS);
        if (from < to) {
            PlannedGroup group = group(read.get(i).channel());
            take(group, new PlannedStep.Join(List.copyOf(silent.subList(from, to))));
            if (part % 2 == 1) {
                take(group, new PlannedStep.Leave(silent.get(from)));
            }
        }
    }

    private PlannedGroup group(String channel) {
        return groups.computeIfAbsent(channel, PlannedGroup::new);
    }

    private void add(ChatEvent event) {
        PlannedGroup group = group(event.channel());
        GroupLog log = logs.computeIfAbsent(event.channel(), unused -> new GroupLog(Set.of("message")));
        for (GroupStep step : log.next(event)) {
            if (step instanceof GroupStep.Join join) {
                take(group, new PlannedStep.Join(List.of(join.user())));
            } else if (step instanceof GroupStep.Leave leave) {
                take(group, new PlannedStep.Leave(leave.user()));
            } else if (step instanceof GroupStep.Say say) {
                int index =
                        take(group, new PlannedStep.Say(say.user(), "line:" + event.line(), event.text(), say.to()));
                unchanged
                        .computeIfAbsent(event.channel(), unused -> new ArrayList<>())
                        .add(index);
                change(group);
                react(group);
            }
        }
    }

    private int take(PlannedGroup group, PlannedStep step) {
        int index = group.add(step);
        turns.add(new Turn(group, step, index));
        return index;
    }

    private void change(PlannedGroup group) {
        double chance = random.nextDouble();
        List<Integer> candidates = unchanged.getOrDefault(group.channel(), List.of());
        if (chance >= RECALLED + EDITED || candidates.isEmpty()) {
            return;
        }
        int back = random.nextInt(Math.min(CHANGED_WITHIN, candidates.size()));
        int target = candidates.remove(candidates.size() - 1 - back);
        String sender = ((PlannedStep.Say) group.entry(target)).user();
        // Who came back does not see what he said before, so he cannot change it either.
        boolean seen = group.isMemberAtEnd(sender) && group.lastJoined(sender) < target;
        if (chance < RECALLED) {
            take(group, new PlannedStep.Recall(PlannedGroup.OWNER, target));
        } else if (seen) {
            take(group, new PlannedStep.Edit(sender, target, "(edited) " + target));
        }
    }

    /** Somebody who spoke lately reacts to what was said lately, or thinks better of it. */
    private void react(PlannedGroup group) {
        List<Integer> candidates = unchanged.getOrDefault(group.channel(), List.of());
        if (random.nextDouble() >= REACTED_TO || candidates.isEmpty()) {
            return;
        }
        int target = lately(candidates);
        String user = ((PlannedStep.Say) group.entry(lately(candidates))).user();
        String reaction = REACTIONS.get(random.nextInt(REACTIONS.size()));
        if (group.isMemberAtEnd(user) && group.lastJoined(user) < target) {
            boolean remove =
                    group.reactions(target).getOrDefault(reaction, Set.of()).contains(user);
            take(group, new PlannedStep.React(user, target, reaction, remove));
        }
    }

    private int lately(List<Integer> candidates) {
        int back = random.nextInt(Math.min(CHANGED_WITHIN, candidates.size()));
        return candidates.get(candidates.size() - 1 - back);
    }

    /** There at a third of the log, and back at two thirds. */
    private void diffusion(List<ChatEvent> read, int i, SimulationSettings settings) {
        boolean there = i == read.size() / 3;
        boolean back = i == read.size() * 2 / 3;
        if (settings.switches() && (there || back) && read.size() >= 3) {
            DiffusionPolicy other = settings.policy() == DiffusionPolicy.DIFFUSION_READ
                    ? DiffusionPolicy.DIFFUSION_WRITE
                    : DiffusionPolicy.DIFFUSION_READ;
            if (there) {
                switched.addAll(groups.values());
            }
            // A group that began since then has not been there.
            groups.values().stream()
                    .filter(switched::contains)
                    .forEach(group -> take(group, new PlannedStep.Switch(there ? other : settings.policy())));
        }
    }

    /** All steps in the order in which they are to be done. */
    List<Turn> turns() {
        return turns;
    }

    Collection<PlannedGroup> groups() {
        return groups.values();
    }

    /** Everybody who ever is in a group but the owner, in the order of names. */
    Set<String> users() {
        Set<String> users = new TreeSet<>();
        groups.values().forEach(group -> users.addAll(group.users()));
        return users;
    }

    int events() {
        return events;
    }
}
