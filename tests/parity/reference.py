# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference method, step by step, on timm's networks: what the C++ has to agree with."""

from collections import OrderedDict

import cv2
import numpy as np
import timm
import torch

import formula

PUBLISHED = ["convnextv2_tiny", "convnextv2_tiny", "tf_efficientnet_b4", "tf_efficientnet_b4",
             "tf_efficientnet_b5", "tf_efficientnet_b5", "tf_efficientnet_b6"]
SMALL = ["convnextv2_atto", "tf_efficientnet_b0", "tf_efficientnet_lite0"]
SIZE = 512
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
FAKE = 1


class Expert(torch.nn.Module):
    """One expert: tensors are named baseline_extractor.<timm's name>, as the published ones."""

    def __init__(self, architecture):
        super().__init__()
        self.architecture = architecture
        self.baseline_extractor = timm.create_model(architecture, pretrained=False, num_classes=2)
        self.eval()
        norms = (torch.nn.LayerNorm, torch.nn.modules.batchnorm._BatchNorm)
        self.norm_layers = {name for name, module in self.named_modules()
                            if isinstance(module, norms)}

    def tensors(self):
        """[(key, shape, "parameter" or "buffer", kind)] in state-dict order."""
        parameters = {name for name, _ in self.named_parameters()}
        return [(key, tuple(value.shape), "parameter" if key in parameters else "buffer",
                 formula.kind_of(key, value.shape, key.rsplit(".", 1)[0] in self.norm_layers))
                for key, value in self.state_dict().items()]

    def parameter_order(self):
        return [name for name, _ in self.named_parameters()]

    def fill(self, prefix, ema):
        """Formula weights under prefix + key; parameters under "ema." + that when `ema`."""
        self.load_state_dict(OrderedDict(
            (key, filled(("ema." if ema and role == "parameter" else "") + prefix + key,
                         shape, kind, self.architecture))
            for key, shape, role, kind in self.tensors()))

    def feature_map(self, pixels):
        """[N,3,H,W] -> the last feature map [N,C,h,w], Grad-CAM's layer."""
        return self.baseline_extractor.forward_features(pixels)

    def pooled(self, features):
        """[N,C,h,w] -> [N,C], before the head's normalisation."""
        return features.mean((2, 3))

    def logits(self, features):
        return self.baseline_extractor.forward_head(features)

    def look(self, pixels, target=FAKE):
        """Logits, probability, features and Grad-CAM of one picture [1,3,H,W]."""
        with torch.no_grad():
            features = self.feature_map(pixels)
        features = features.detach().requires_grad_(True)
        logits = self.logits(features)
        (gradient,) = torch.autograd.grad(logits[0, target], features)
        weights = gradient.mean((2, 3), keepdim=True)
        gradcam = torch.relu((weights * features.detach()).sum(1))[0]
        logits, features = logits.detach()[0], features.detach()
        return {
            "logits": logits.tolist(),
            "prob_fake": torch.softmax(logits, 0)[FAKE].item(),
            "feature_shape": list(features.shape[1:]),
            "feature_mean": features.mean().item(),
            "feature_std": features.std().item(),
            "pooled_first8": self.pooled(features)[0, :8].tolist(),
            "gradcam_target": f"logit[{target}]",
            "gradcam": gradcam.tolist(),
        }


def filled(name, shape, kind, architecture):
    return torch.from_numpy(np.array(formula.fill(name, shape, kind, formula.GAINS[architecture])))


def decode(path):
    """A picture as the reference reads it: [H,W,3], 8 bits, RGB."""
    pixels = cv2.imread(str(path))
    if pixels is None:
        raise FileNotFoundError(f"{path} cannot be read as a picture.")
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def preprocess(pixels, size=SIZE, mean=MEAN, std=STD):
    """Divide, normalise, and only then resize with antialias: [1,3,size,size] float32."""
    tensor = torch.from_numpy(pixels).permute(2, 0, 1).float().div(255)[None]
    tensor = (tensor - torch.tensor(mean).view(1, 3, 1, 1)) / torch.tensor(std).view(1, 3, 1, 1)
    return torch.nn.functional.interpolate(tensor, size=(size, size), mode="bilinear",
                                           align_corners=False, antialias=True)


class ClipExpert(torch.nn.Module):
    """timm's image tower of CLIP ViT-B/16 with this project's head, filled by the formula."""

    PREFIX = "clip."
    MEAN = (0.48145466, 0.4578275, 0.40821073)
    STD = (0.26862954, 0.26130258, 0.27577711)

    def __init__(self):
        super().__init__()
        self.tower = timm.create_model("vit_base_patch16_clip_quickgelu_224", pretrained=False,
                                       num_classes=512)
        self.classifier = torch.nn.Linear(512, 2)
        self.eval()
        with torch.no_grad():
            for key, tensor in self.state_dict().items():
                name = key.removeprefix("tower.").replace("head.weight", "projection.weight")
                kind = ("bias" if key.endswith("bias")
                        else "kernel" if tensor.dim() > 1 else "scale")
                tensor.copy_(torch.from_numpy(np.array(
                    formula.fill(self.PREFIX + name, tuple(tensor.shape), kind, 1.4))))
            self.tower.head.bias.zero_()

    def look(self, pixels, target=FAKE):
        """Embedding, logits and Grad-CAM at the patches that enter the last block."""
        entered = []
        last = self.tower.blocks[-1]
        forward = last.forward

        def keep(tokens):
            patches = tokens[:, 1:].detach().requires_grad_(True)
            entered.append(patches)
            return forward(torch.cat([tokens[:, :1].detach(), patches], 1))

        last.forward = keep
        embedding = torch.nn.functional.normalize(self.tower(pixels), dim=-1)
        last.forward = forward
        logits = self.classifier(embedding)
        (gradient,) = torch.autograd.grad(logits[0, target], entered[0])
        gradcam = torch.relu((gradient.mean(1, keepdim=True) * entered[0].detach()).sum(2))
        side = int(gradcam.shape[1] ** 0.5)
        return {"logits": logits[0].tolist(), "pooled_first8": embedding[0, :8].tolist(),
                "prob_fake": torch.softmax(logits.detach()[0], 0)[target].item(),
                "gradcam": gradcam.view(side, side).tolist()}


def write_checkpoint(architectures, folder, location):
    """weight.pth and ema.state in the published layout, filled by the formula.

    `location` is what the pickle says of where tensors live. "cuda:0", as published, needs no
    card: torch.save asks registered taggers for the location, and ours answers.
    """
    experts = torch.nn.ModuleList(Expert(architecture) for architecture in architectures)
    ema = {}
    for index, expert in enumerate(experts):
        expert.fill(f"{index}.", ema=True)
        shadow = [parameter.detach().clone() for parameter in expert.parameters()]
        ema[index] = {"decay": 0.995, "num_updates": 1000, "shadow_params": shadow,
                      "collected_params": None}
        expert.fill(f"{index}.", ema=False)

    if location != "cpu":
        torch.serialization.register_package(
            0, lambda storage: location, lambda storage, where: storage)
    try:
        torch.save(experts.state_dict(), folder / "weight.pth")
        torch.save(ema, folder / "ema.state")
    finally:
        if location != "cpu":
            torch.serialization._package_registry.pop(0)
