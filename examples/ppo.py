"""Proximal policy optimisation with masked actions, whole in one file, in the style of CleanRL.

python examples/ppo.py                       # 61,440 steps; the curve beside this file is in docs/rl.md
python examples/ppo.py --total-steps 4096 --env-id aitp/HOList-Menu-v0

J. Schulman and others, "Proximal Policy Optimization Algorithms" (arXiv:1707.06347); details as in S. Huang and others,
"The 37 Implementation Details of Proximal Policy Optimization" (ICLR Blog Track 2022), masks as in S. Huang and S.
Ontañón, "A Closer Look at Invalid Action Masking in Policy Gradient Algorithms" (arXiv:2006.14171).
"""

import argparse
import time
from dataclasses import dataclass, fields

import gymnasium as gym
import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

import aitp_gym  # noqa: F401  # registers the ids


@dataclass
class Args:
    """Settings, which the command line can change."""

    env_id: str = "aitp/Propositional-Menu-v0"
    """id of a preset"""
    seed: int = 0
    """seed of everything that is random"""
    total_steps: int = 61_440
    """environment steps"""
    num_envs: int = 4
    """environments that step together"""
    num_steps: int = 256
    """steps of each environment between two updates"""
    learning_rate: float = 1e-3
    """step size of Adam"""
    gamma: float = 0.99
    """discount"""
    gae_lambda: float = 0.95
    """decay of generalised advantage estimation"""
    num_epochs: int = 4
    """passes over the steps of an update"""
    batch_size: int = 128
    """steps of a gradient"""
    clip: float = 0.2
    """how far the ratio of probabilities may move from 1"""
    entropy: float = 0.01
    """weight of the entropy"""
    value: float = 0.5
    """weight of the value loss"""
    max_grad_norm: float = 0.5
    """largest norm of a gradient"""
    num_valid: int = 100
    """held-out theorems that the policy is measured on at the end"""


class Agent(nn.Module):
    """Two perceptrons over the goal and the mask: logits of the actions, and the value."""

    def __init__(self, num_features: int, num_actions: int) -> None:
        super().__init__()
        self.actor = mlp(num_features + num_actions, num_actions, 0.01)
        self.critic = mlp(num_features + num_actions, 1, 1.0)

    def forward(self, goals: torch.Tensor, masks: torch.Tensor) -> tuple[Categorical, torch.Tensor]:
        """Distribution over the allowed actions, and values, shape (B,), of goals (B, F) and masks (B, A)."""
        inputs = torch.cat([masks, goals], dim=1)
        logits = self.actor(inputs).masked_fill(masks == 0, -1e8)
        return Categorical(logits=logits), self.critic(inputs).squeeze(1)


def mlp(inputs: int, outputs: int, gain: float) -> nn.Sequential:
    """Two hidden layers of 64, initialised orthogonally."""
    layers = [nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, outputs)]
    for layer, scale in zip(layers[::2], (2**0.5, 2**0.5, gain), strict=True):
        nn.init.orthogonal_(layer.weight, scale)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def tensors(observations: dict[str, np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    """Goals and masks of a batch of observations."""
    return torch.as_tensor(observations["observations"]).float(), torch.as_tensor(observations["action_mask"])


def main(args: Args) -> None:
    """Train, and print how often theorems are proved."""
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)  # networks this small are slower on several
    # At the end of an episode the next one begins in the same step, and `final_obs` has the last observation.
    envs = gym.make_vec(
        args.env_id,
        args.num_envs,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": gym.vector.AutoresetMode.SAME_STEP},
    )
    (num_features,) = envs.single_observation_space["observations"].shape
    agent = Agent(num_features, envs.single_action_space.n)
    optimizer = torch.optim.Adam(agent.parameters(), lr=args.learning_rate, eps=1e-5)
    observations, _ = envs.reset(seed=args.seed)
    began, ended, successes = time.process_time(), 0, 0
    num_updates = max(1, args.total_steps // (args.num_envs * args.num_steps))
    for update in range(num_updates):
        optimizer.param_groups[0]["lr"] = args.learning_rate * (1 - update / num_updates)
        rows = []
        for _ in range(args.num_steps):
            goals, masks = tensors(observations)
            with torch.no_grad():
                policy, values = agent(goals, masks)
            actions = policy.sample()
            observations, rewards, terminated, truncated, infos = envs.step(actions.numpy())
            done = terminated | truncated
            rewards = rewards.copy()
            for place in np.flatnonzero(truncated & ~terminated):
                # The episode was cut off, not lost: its value goes on from the last goal, with the mask that is true
                # there. With another mask in its place nothing is learned.
                last = infos["final_obs"][place]
                with torch.no_grad():
                    _, value = agent(*tensors({key: array[None] for key, array in last.items()}))
                rewards[place] += args.gamma * value.item()
            if done.any():
                ended += int(done.sum())
                successes += int(np.sum(infos["final_info"]["is_success"][done]))
            rows.append((goals, masks, actions, policy.log_prob(actions), values, torch.as_tensor(rewards), done))
        learn(agent, optimizer, rows, observations, args)
        if update % 10 == 9 or update == num_updates - 1:
            steps = (update + 1) * args.num_envs * args.num_steps
            print(f"{steps} steps, {time.process_time() - began:.0f} CPU s: {successes / max(1, ended):.2f} proved")
            ended = successes = 0
    envs.close()
    proved, random = (measure(agent, args, greedy) for greedy in (True, False))
    print(f"held-out theorems: {proved:.2f} proved by greedy actions, {random:.2f} by masked random ones")


def learn(agent: Agent, optimizer: torch.optim.Optimizer, rows: list, observations: dict, args: Args) -> None:
    """Update the agent from the steps between two updates; tensors of shape (T, N) are flattened to (T * N,)."""
    goals, masks, actions, logprobs, values, rewards, dones = (list(column) for column in zip(*rows, strict=True))
    with torch.no_grad():
        _, following = agent(*tensors(observations))
    advantages, advantage = [], torch.zeros(args.num_envs)
    for value, reward, done in zip(reversed(values), reversed(rewards), reversed(dones), strict=True):
        going_on = torch.as_tensor(~done).float()
        delta = reward.float() + args.gamma * following * going_on - value
        advantage = delta + args.gamma * args.gae_lambda * going_on * advantage
        advantages.insert(0, advantage)
        following = value
    goals, masks, actions, logprobs, values, advantages = (
        torch.cat(column) for column in (goals, masks, actions, logprobs, values, advantages)
    )
    returns = advantages + values
    for _ in range(args.num_epochs):
        for batch in torch.randperm(len(actions)).split(args.batch_size):
            policy, predicted = agent(goals[batch], masks[batch])
            gain = advantages[batch]
            gain = (gain - gain.mean()) / (gain.std() + 1e-8)
            ratio = (policy.log_prob(actions[batch]) - logprobs[batch]).exp()
            policy_loss = -torch.min(gain * ratio, gain * ratio.clamp(1 - args.clip, 1 + args.clip)).mean()
            # Masked actions have no part in the entropy: their probability is 0.
            loss = policy_loss - args.entropy * policy.entropy().mean()
            loss = loss + args.value * (predicted - returns[batch]).square().mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(agent.parameters(), args.max_grad_norm)
            optimizer.step()


def measure(agent: Agent, args: Args, greedy: bool) -> float:
    """Share of held-out theorems that are proved, by greedy or by random actions that the mask allows."""
    rng, proved = np.random.default_rng(0), 0
    with gym.make(args.env_id, split="valid") as env:
        theorems = env.unwrapped.theorems.split("valid")[: args.num_valid]
        for theorem in theorems:
            observation, info = env.reset(options={"theorem": theorem})
            over = False
            while not over:
                action = rng.choice(np.flatnonzero(observation["action_mask"]))
                if greedy:
                    with torch.no_grad():
                        policy, _ = agent(*tensors({key: array[None] for key, array in observation.items()}))
                    action = policy.probs.argmax().item()
                observation, _, terminated, truncated, info = env.step(action)
                over = terminated or truncated
            proved += info["is_success"]
    return proved / len(theorems)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for field in fields(Args):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    main(Args(**vars(parser.parse_args())))
